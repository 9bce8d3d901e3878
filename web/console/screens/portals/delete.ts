import { api } from '../../api/client'
import type { Portal } from '../../api/types'
import { confirm } from '../../composables/confirm'
import { overwrite } from '../../composables/overwrite'
import { attempt } from '../../composables/toasts'

interface Node {
  children?: Node[]
}

function count(nodes: Node[]): number {
  return nodes.reduce((sum, node) => sum + 1 + count(node.children ?? []), 0)
}

function number(amount: number, one: string, many: string): string {
  return amount === 1 ? `1 ${one}` : `${amount} ${many}`
}

/** What goes when the portal goes. */
async function belongings(portal: Portal): Promise<string[]> {
  const path = { portalId: portal.id }
  const [pages, snippets, published] = await Promise.all([
    api.get('/v3/portals/{portalId}/pages', { path }),
    api.get('/v3/portals/{portalId}/snippets', { path, query: { 'page[size]': 1 } }),
    api.get('/v3/portals/{portalId}/api-publications', { path, query: { 'page[size]': 1 } }),
  ])
  const amounts: [number, string, string][] = [
    [count(pages.data as Node[]), 'page', 'pages'],
    [snippets.meta.page.total, 'snippet', 'snippets'],
    [published.meta.page.total, 'publication (the API stays)', 'publications (the APIs stay)'],
  ]
  return [
    `the address ${portal.default_domain}`,
    ...(portal.canonical_domain === portal.default_domain ? [] : [`the domain ${portal.canonical_domain}`]),
    ...amounts.filter(([amount]) => amount).map(([amount, one, many]) => number(amount, one, many)),
  ]
}

/** Asks, with the name typed, and deletes. Returns whether it was done. */
export async function deletePortal(portal: Portal): Promise<boolean> {
  let consequences: string[] = []
  if (!(await attempt(async () => (consequences = await belongings(portal))))) return false
  const sure = await confirm({
    title: `Delete “${portal.name}”?`,
    text: 'This cannot be undone. With the portal go:',
    consequences,
    action: 'Delete portal',
    danger: true,
    typed: portal.name,
  })
  if (!sure) return false
  const path = { portalId: portal.id }
  return overwrite({
    seen: portal,
    read: () => api.get('/v3/portals/{portalId}', { path }),
    write: (since) => api.delete('/v3/portals/{portalId}', { path, query: { force: 'true' }, since }),
    now: (latest) => `It is called “${latest.name}” now.`,
    action: 'Delete it all the same',
    done: `${portal.name} has been deleted`,
  })
}
