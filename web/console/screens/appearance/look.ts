import type { Portal, Schemas } from '../../api/types'

/** All that a portal's look is made of, as it is stored. */
export interface Look {
  portal: Portal
  customization: Schemas['CustomizationOut']
  logo: { data: string }
  favicon: { data: string }
}

export const SWITCHES = [
  { member: 'try_it_ui', label: 'Requests can be tried out', on: true },
  { member: 'try_it_insomnia', label: 'Public specifications can be opened in another client', on: true },
  { member: 'infinite_scroll', label: 'All operations stand on one long page', on: true },
  { member: 'show_schemas', label: 'Schemas are listed', on: true },
  { member: 'allow_custom_server_urls', label: 'Visitors may name servers of their own to try requests', on: true },
  { member: 'hide_internal', label: 'What is marked as internal is hidden', on: false },
  { member: 'hide_deprecated', label: 'What is deprecated is hidden', on: false },
] as const

export type Switches = Record<(typeof SWITCHES)[number]['member'], boolean>

/** The same as a form has it. Images are data URIs, null for the built-in one. */
export interface Values {
  display_name: string
  mode: 'light' | 'dark' | 'system'
  primary: string
  css: string
  robots: string
  spec_renderer: Switches
  logo: string | null
  favicon: string | null
}

export function valuesOf({ portal, customization, logo, favicon }: Look): Values {
  const { theme, css, robots, spec_renderer: switches } = customization
  return {
    display_name: portal.display_name,
    mode: theme?.mode ?? 'light',
    primary: theme?.colors?.primary ?? '',
    css: css ?? '',
    robots: robots ?? '',
    spec_renderer: Object.fromEntries(SWITCHES.map(({ member, on }) => [member, switches?.[member] ?? on])) as Switches,
    logo: logo.data,
    favicon: favicon.data,
  }
}

/** What has to be sent of the customization to get from what is stored to what is wanted. */
export function changes(stored: Values, wanted: Values): Schemas['CustomizationIn'] {
  const differ = (name: keyof Values): boolean => JSON.stringify(stored[name]) !== JSON.stringify(wanted[name])
  const found: Schemas['CustomizationIn'] = {}
  if (differ('mode') || differ('primary')) {
    found.theme = { mode: wanted.mode, ...(wanted.primary ? { colors: { primary: wanted.primary } } : {}) }
  }
  if (differ('css')) found.css = wanted.css || null
  if (differ('robots')) found.robots = wanted.robots || null
  if (differ('spec_renderer')) found.spec_renderer = wanted.spec_renderer
  return found
}
