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

/** What a page, a snippet or a document is now, as a sentence. */
export function state({ title, status, visibility }: { title: string; status: string; visibility?: string }): string {
  const seen = status === 'published' ? `published${visibility ? ` and ${visibility}` : ''}` : 'not published'
  return `It is called “${title}” now, is ${seen}, and its text may be another.`
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
