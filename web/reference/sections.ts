import { findMatchingNode } from '@kong/spec-renderer'
import type { ServiceNode } from '@kong/spec-renderer'

/** The section of the whole document, shown first. */
export const OVERVIEW = '/'

/** The page's fragment as text; as it is written where it is not well encoded. */
function fragment(): string {
  const written = location.hash.slice(1)
  try {
    return decodeURIComponent(written)
  } catch {
    return written
  }
}

/** The section with this method and path, for links to the operations that the server lists. */
function sectionOfOperation(document: ServiceNode, method: string, path: string): string | undefined {
  return document.children.find((child) => {
    const data = child.data as { method?: unknown; path?: unknown }
    return data.method === method.toLowerCase() && data.path === path
  })?.uri
}

/**
 * The section that the page's fragment names: a section's own address (`#/paths/…`) or the id of an operation
 * that the server listed, which carries `data-method` and `data-path`. The overview for anything else.
 */
export function currentSection(document: ServiceNode): string {
  for (const section of [location.hash.slice(1), fragment()]) {
    if (section.startsWith('/') && findMatchingNode(document, section)) {
      return section
    }
  }
  const { method, path } = window.document.getElementById(fragment())?.dataset ?? {}
  return (method && path && sectionOfOperation(document, method, path)) || OVERVIEW
}
