import { load } from 'js-yaml'

const BLOCK = /^\uFEFF?(?:[ \t]*\r?\n)*---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m

/** What a text states of itself between lines of `---` at its top. Empty where it states nothing that can be read. */
export function frontMatter(text: string): { title?: string; description?: string } {
  const source = BLOCK.exec(text.slice(0, 70_000))
  if (!source || source.index !== 0) return {}
  let front: unknown
  try {
    front = load(source[1] ?? '')
  } catch {
    return {}
  }
  const found: { title?: string; description?: string } = {}
  for (const name of ['title', 'description'] as const) {
    const value = (front as Record<string, unknown> | null)?.[name]
    if (typeof value === 'string' || typeof value === 'number') found[name] = String(value).trim()
  }
  return found
}
