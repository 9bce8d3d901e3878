import { toRaw } from 'vue'
import type { Schemas } from '../../api/types'

export type Item = Schemas['MenuItem']
export type Section = Schemas['FooterSection']
export type Menus = Required<Schemas['Menu']>

export const newItem = (): Item => ({ title: '', path: '', visibility: 'private', external: false })
export const newSection = (): Section => ({ title: '', items: [] })

export function menusOf({ menu }: Schemas['CustomizationOut']): Menus {
  return { main: menu?.main ?? [], footer_sections: menu?.footer_sections ?? [], footer_bottom: menu?.footer_bottom ?? [] }
}

export function isComplete({ main, footer_sections: sections, footer_bottom: bottom }: Menus): boolean {
  const items = [...main, ...sections.flatMap((section) => section.items), ...bottom]
  return items.every((item) => item.title.trim() && item.path.trim()) && sections.every((section) => section.title.trim())
}

const keys = new WeakMap<object, number>()
let last = 0

/** Names an entry as long as it lives, so that it keeps its place on the screen when it moves. */
export function keyOf(entry: object): number {
  const raw = toRaw(entry)
  const key = keys.get(raw) ?? ++last
  keys.set(raw, key)
  return key
}

/** Moves an entry of a list to another place, if there is one. Returns whether it moved. */
export function shift<T>(list: T[], from: number, to: number): boolean {
  if (to < 0 || to >= list.length || from === to) return false
  list.splice(to, 0, ...list.splice(from, 1))
  return true
}
