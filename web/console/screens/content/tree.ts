import type { Schemas } from '../../api/types'
import * as tree from '../../composables/tree'

export type Page = Schemas['PageInfo']

/** A page in the tree as it is shown. */
export interface Row extends tree.Row<Page> {
  page: Page
  /** As visitors have it: `/guides/first`; the front page is `/`. */
  path: string
}

export function rowsOf(pages: Page[]): Row[] {
  return tree.rowsOf(pages).map((row) => ({ ...row, page: row.node, path: row.full === 'home' ? '/' : `/${row.full}` }))
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
