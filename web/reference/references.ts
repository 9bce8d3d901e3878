type Json = Record<string, unknown>

/**
 * The most objects and values one reference may bring in, counted as often as they appear. Published documents
 * stay below 2,000; a document whose references multiply would take the browser's memory.
 */
const LARGEST = 20_000

/** The parts of a local reference such as `#/components/schemas/Pet`. */
const partsOf = (reference: string): string[] =>
  reference
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))

/**
 * The document with each `$ref` replaced by what it points to.
 *
 * - What several references point to stays one object; a schema without a title gets its name as title.
 * - Where a schema contains itself, the inner one is a leaf that names it: the result has no cycle, which the
 *   renderer's request samples need.
 * - A reference to another document, to nothing or to too much becomes a leaf that says so. Nothing is fetched.
 */
export function resolveReferences(root: unknown): unknown {
  const finished = new Map<object, unknown>()
  const open = new Set<object>()
  const sizes = new Map<unknown, number>()
  const sizeOf = (resolved: unknown): number => sizes.get(resolved) ?? 1

  const resolve = (raw: unknown, name: string): unknown => {
    if (typeof raw !== 'object' || raw === null) {
      return raw
    }
    if (finished.has(raw)) {
      return finished.get(raw)
    }
    if (open.has(raw)) {
      return { title: name, type: 'object', description: `Recursive: see ${name}.` }
    }
    open.add(raw)
    const resolved = resolveNew(raw, name)
    open.delete(raw)
    finished.set(raw, resolved)
    if (!sizes.has(resolved)) {
      sizes.set(resolved, Object.values(resolved as object).reduce((sum: number, part) => sum + sizeOf(part), 1))
    }
    return resolved
  }

  const resolveNew = (raw: object, name: string): unknown => {
    if (Array.isArray(raw)) {
      return raw.map((item) => resolve(item, name))
    }
    if ('$ref' in raw && typeof raw.$ref === 'string') {
      return resolveReference(raw.$ref)
    }
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, resolve(value, name)]))
  }

  const resolveReference = (reference: string): unknown => {
    const parts = reference.startsWith('#/') ? partsOf(reference) : []
    const name = parts.at(-1) ?? reference
    const target = parts.reduce<unknown>(
      (at, part) => (typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? (at as Json)[part] : undefined),
      parts.length ? root : undefined,
    )
    if (target === undefined) {
      return { title: name, description: `Not part of this document: ${reference}` }
    }
    const resolved = resolve(target, name)
    if (sizeOf(resolved) > LARGEST) {
      return { title: name, description: 'Too large to be shown here.' }
    }
    if (parts.at(-2) === 'schemas' || parts[0] === 'definitions') {
      ;(resolved as Json).title ||= name
    }
    return resolved
  }

  return resolve(root, '')
}
