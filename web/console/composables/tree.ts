/** A node of a tree as the service tells it: pages, documents. */
export interface Node<N> {
  id: string
  title: string
  slug: string
  status: string
  children: N[]
}

/** A node in the tree as it is shown: one row after the other. */
export interface Row<N> {
  node: N
  parent: N | null
  siblings: N[]
  index: number
  depth: number
  /** Its slugs from the top: `guides/first`. */
  full: string
  /** Something above it is not published, so neither is this to be seen. */
  hidden: boolean
}

const trimmed = (slug: string): string => slug.split('/').filter(Boolean).join('/')

export function rowsOf<N extends Node<N>>(nodes: N[]): Row<N>[] {
  const rows: Row<N>[] = []
  const walk = (siblings: N[], parent: Row<N> | null): void => {
    siblings.forEach((node, index) => {
      const row: Row<N> = {
        node,
        parent: parent?.node ?? null,
        siblings,
        index,
        depth: parent ? parent.depth + 1 : 0,
        full: [parent?.full, trimmed(node.slug)].filter(Boolean).join('/'),
        hidden: parent !== null && (parent.hidden || parent.node.status !== 'published'),
      }
      rows.push(row)
      walk(node.children, row)
    })
  }
  walk(nodes, null)
  return rows
}

/** All rows below one. */
export function below<R extends Row<unknown>>(rows: R[], row: R): R[] {
  const start = rows.indexOf(row) + 1
  const end = rows.findIndex((other, index) => index >= start && other.depth <= row.depth)
  return rows.slice(start, end < 0 ? undefined : end)
}

/** Where a node goes: under which one, as its child number `index`, counted without itself. */
export interface Target {
  parent: string | null
  index: number
}

export type Direction = 'up' | 'down' | 'in' | 'out'

/** Where one step leads; null where there is no such step. */
export function step<N extends Node<N>>(rows: Row<N>[], row: Row<N>, direction: Direction): Target | null {
  const parent = row.parent?.id ?? null
  if (direction === 'up') return row.index > 0 ? { parent, index: row.index - 1 } : null
  if (direction === 'down') return row.index < row.siblings.length - 1 ? { parent, index: row.index + 1 } : null
  if (direction === 'in') {
    const before = row.siblings[row.index - 1]
    return before ? { parent: before.id, index: before.children.length } : null
  }
  const above = rows.find((other) => other.node.id === parent)
  return above ? { parent: above.parent?.id ?? null, index: above.index + 1 } : null
}

export type Zone = 'before' | 'inside' | 'after'

/** Where a node goes that is dropped onto a row; null where it would come under itself. */
export function drop<N extends Node<N>>(rows: Row<N>[], dragged: Row<N>, onto: Row<N>, zone: Zone): Target | null {
  if (dragged === onto || below(rows, dragged).includes(onto)) return null
  if (zone === 'inside') {
    return { parent: onto.node.id, index: onto.node.children.filter((child) => child.id !== dragged.node.id).length }
  }
  const siblings = onto.siblings.filter((one) => one.id !== dragged.node.id)
  const place = siblings.indexOf(onto.node) + (zone === 'after' ? 1 : 0)
  return { parent: onto.parent?.id ?? null, index: place }
}
