import type { RouteRecordRaw } from 'vue-router'
import type { Permission } from './api/session'

/*
 * The console is made of areas: each folder of screens/ has an index.ts whose default export is one. Nothing else
 * has to be edited to add one.
 */
export interface Area {
  /** An entry of the main navigation. `order`: smaller comes first. */
  nav?: { title: string; to: string; order: number; permission?: Permission }
  routes?: RouteRecordRaw[]
  /** Tabs of a portal: routes below /portals/:portalId with `meta.tab`. */
  portalTabs?: RouteRecordRaw[]
  /** Tabs of an API: routes below /apis/:apiId with `meta.tab`. */
  apiTabs?: RouteRecordRaw[]
}

export interface Tab {
  title: string
  order: number
  permission?: Permission
}

declare module 'vue-router' {
  interface RouteMeta {
    /** What the browser's title says until the screen sets its own. */
    title?: string
    /** Shown as a tab of the frame it is in. */
    tab?: Tab
    /** Which entry of the main navigation it belongs to: that entry's path. */
    under?: string
    /** Shown to whoever has this permission; a tab's own is in `tab`. */
    permission?: Permission
    /** Shown to whoever is not signed in. */
    open?: boolean
  }
}

const modules = import.meta.glob<{ default: Area }>('./screens/*/index.ts', { eager: true })

export const areas: Area[] = Object.values(modules).map((module) => module.default)

export function tabsOf(children: readonly RouteRecordRaw[]): RouteRecordRaw[] {
  return [...children].sort((a, b) => (a.meta?.tab?.order ?? 99) - (b.meta?.tab?.order ?? 99))
}
