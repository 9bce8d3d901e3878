import type { Schemas } from '../../api/types'

export type Page = Schemas['PageInfo']

/** A page in the tree as it is shown: one row after the other. */
export interface Row {
  page: Page
  parent: Page | null
  siblings: Page[]
  index: number
  depth: number
  /** Its slugs from the top: `guides/first`. */
  full: string
  /** As visitors have it: `/guides/first`; the front page is `/`. */
  path: string
  /** A page above it is not published, so neither is this one to be seen. */
  hidden: boolean
}

const trimmed = (slug: string): string => slug.split('/').filter(Boolean).join('/')

export function rowsOf(pages: Page[]): Row[] {
  const rows: Row[] = []
  const walk = (siblings: Page[], parent: Row | null): void => {
    siblings.forEach((page, index) => {
      const full = [parent?.full, trimmed(page.slug)].filter(Boolean).join('/')
      const row: Row = {
        page,
        parent: parent?.page ?? null,
        siblings,
        index,
        depth: parent ? parent.depth + 1 : 0,
        full,
        path: full === 'home' ? '/' : `/${full}`,
        hidden: parent !== null && (parent.hidden || parent.page.status !== 'published'),
      }
      rows.push(row)
      walk(page.children, row)
    })
  }
  walk(pages, null)
  return rows
}

/** All rows below one. */
export function below(rows: Row[], row: Row): Row[] {
  const start = rows.indexOf(row) + 1
  const end = rows.findIndex((other, index) => index >= start && other.depth <= row.depth)
  return rows.slice(start, end < 0 ? undefined : end)
}

/** Where a page goes: under which page, as its child number `index`, counted without itself. */
export interface Target {
  parent: string | null
  index: number
}

export type Direction = 'up' | 'down' | 'in' | 'out'

/** Where one step leads; null where there is no such step. */
export function step(rows: Row[], row: Row, direction: Direction): Target | null {
  const parent = row.parent?.id ?? null
  if (direction === 'up') return row.index > 0 ? { parent, index: row.index - 1 } : null
  if (direction === 'down') return row.index < row.siblings.length - 1 ? { parent, index: row.index + 1 } : null
  if (direction === 'in') {
    const before = row.siblings[row.index - 1]
    return before ? { parent: before.id, index: before.children.length } : null
  }
  const above = rows.find((other) => other.page.id === parent)
  return above ? { parent: above.parent?.id ?? null, index: above.index + 1 } : null
}

export type Zone = 'before' | 'inside' | 'after'

/** Where a page goes that is dropped onto a row; null where it would come under itself. */
export function drop(rows: Row[], dragged: Row, onto: Row, zone: Zone): Target | null {
  if (dragged === onto || below(rows, dragged).includes(onto)) return null
  if (zone === 'inside') {
    return { parent: onto.page.id, index: onto.page.children.filter((child) => child.id !== dragged.page.id).length }
  }
  const siblings = onto.siblings.filter((one) => one.id !== dragged.page.id)
  const place = siblings.indexOf(onto.page) + (zone === 'after' ? 1 : 0)
  return { parent: onto.parent?.id ?? null, index: place }
}

/** A slug of a title: `Getting Started!` → `getting-started`. */
export function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}
