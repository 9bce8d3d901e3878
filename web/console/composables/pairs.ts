/** A key with a value, or several with commas between them, as they are typed. */
export interface Pair {
  key: string
  value: string
}

export function pairsOf(map: Record<string, string | string[] | null>): Pair[] {
  return Object.entries(map)
    .map(([key, value]) => ({ key, value: [value ?? []].flat().join(', ') }))
    .sort((one, other) => one.key.localeCompare(other.key))
}

const filled = (pairs: Pair[]): Pair[] =>
  pairs.map(({ key, value }) => ({ key: key.trim(), value: value.trim() })).filter(({ key, value }) => key || value)

/** The change from one map of texts to another: null for what is gone. */
export function mapChange(before: object, pairs: Pair[]): Record<string, string | null> {
  return { ...gone(before), ...Object.fromEntries(filled(pairs).map(({ key, value }) => [key, value])) }
}

/** The same where each key has several values. */
export function listChange(before: object, pairs: Pair[]): Record<string, string[] | null> {
  const found: Record<string, string[] | null> = gone(before)
  for (const { key, value } of filled(pairs)) {
    const values = value.split(',').map((one) => one.trim()).filter(Boolean)
    found[key] = [...(found[key] ?? []), ...values]
  }
  return found
}

const gone = (before: object): Record<string, null> => Object.fromEntries(Object.keys(before).map((key) => [key, null]))
