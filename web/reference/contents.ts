import type { TableOfContentsItem } from '@kong/spec-renderer'

type Group = Extract<TableOfContentsItem, { items: unknown }>

interface TagGroup {
  name: string
  tags: string[]
}

const isGroup = (item: TableOfContentsItem): item is Group => 'items' in item

function tagGroupsOf(source: object): TagGroup[] {
  const groups: unknown = (source as Record<string, unknown>)['x-tagGroups']
  return Array.isArray(groups)
    ? groups.filter((group) => typeof group?.name === 'string' && Array.isArray(group.tags))
    : []
}

/**
 * The contents with the groups of tags that the document declares as `x-tagGroups`, which the renderer knows
 * nothing of. Tags in no group follow after them.
 */
export function withTagGroups(contents: TableOfContentsItem[], source: object): TableOfContentsItem[] {
  const declared = tagGroupsOf(source)
  if (!declared.length) {
    return contents
  }
  return contents.map((part) => {
    if (!isGroup(part) || !part.items.some(isGroup)) {
      return part
    }
    const rest = new Set(part.items)
    const grouped: Group[] = []
    for (const { name, tags } of declared) {
      const items = tags.flatMap((tag) => [...rest].filter((item) => isGroup(item) && item.title === tag))
      items.forEach((item) => rest.delete(item))
      if (items.length) {
        grouped.push({ title: name, items, initiallyExpanded: true })
      }
    }
    return { ...part, items: [...grouped, ...rest] }
  })
}
