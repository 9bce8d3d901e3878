import { api } from '../../api/client'
import { confirm } from '../../composables/confirm'
import { attempt } from '../../composables/toasts'
import { titleOf, type Api } from './api'

interface Node {
  children: Node[]
}

const count = (nodes: Node[]): number => nodes.reduce((sum, node) => sum + 1 + count(node.children), 0)
const amount = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`

/** What goes when the API goes. */
async function belongings(of: Api): Promise<string[]> {
  const path = { apiId: of.id }
  const [versions, documents] = await Promise.all([
    api.get('/v3/apis/{apiId}/versions', { path, query: { 'page[size]': 1 } }),
    api.get('/v3/apis/{apiId}/documents', { path }),
  ])
  const many = { versions: versions.meta.page.total, documents: count(documents.data) }
  return [
    ...(many.versions ? [`${amount(many.versions, 'version')}, with their specifications`] : []),
    ...(many.documents ? [amount(many.documents, 'document')] : []),
    ...of.portals.map(({ name }) => `its publication to the portal ${name}`),
  ]
}

/** Asks, with the name typed, and deletes. Returns whether it was done. */
export async function deleteApi(of: Api): Promise<boolean> {
  let consequences: string[] = []
  if (!(await attempt(async () => (consequences = await belongings(of))))) return false
  const sure = await confirm({
    title: `Delete “${titleOf(of)}”?`,
    text: consequences.length ? 'This cannot be undone. With the API go:' : 'This cannot be undone.',
    consequences,
    action: 'Delete API',
    danger: true,
    typed: of.name,
  })
  if (!sure) return false
  return attempt(() => api.delete('/v3/apis/{apiId}', { path: { apiId: of.id }, since: of }), `${of.name} has been deleted`)
}
