import { findMatchingNode } from '@kong/spec-renderer'
import type { ServiceNode } from '@kong/spec-renderer'

/** The section of the whole document, shown first. */
export const OVERVIEW = '/'

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
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
  const fragment = location.hash.slice(1)
  for (const section of [fragment, decoded(fragment)]) {
    if (section.startsWith('/') && findMatchingNode(document, section)) {
      return section
    }
  }
  const { method, path } = window.document.getElementById(decoded(fragment))?.dataset ?? {}
  return (method && path && sectionOfOperation(document, method, path)) || OVERVIEW
}
