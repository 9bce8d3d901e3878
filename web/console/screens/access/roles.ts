import type { Schemas } from '../../api/types'

export type Role = Schemas['TokenOut']['role']

export const ROLES: { value: Role; title: string; text: string }[] = [
  { value: 'viewer', title: 'Viewer', text: 'Sees everything, changes nothing.' },
  { value: 'content_editor', title: 'Content editor', text: 'Also writes pages, snippets, menus and the appearance.' },
  { value: 'publisher', title: 'Publisher', text: 'Also keeps APIs, publishes them and looks after developers.' },
  { value: 'admin', title: 'Admin', text: 'May do everything, access tokens included.' },
]

export function roleTitle(role: Role): string {
  return ROLES.find(({ value }) => value === role)?.title ?? role
}
