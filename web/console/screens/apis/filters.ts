/* Labels and attributes that a list of APIs is narrowed down by, as they stand in the address: `key:value`. */

export interface Chosen {
  kind: 'label' | 'attribute'
  key: string
  /** '' for a label: whatever its value. */
  value: string
}

type Wish = Record<string, string | string[] | undefined>

const texts = (value: string | string[] | undefined): string[] => [value ?? []].flat()

export function chosenOf(wish: Wish): Chosen[] {
  return (['label', 'attribute'] as const).flatMap((kind) =>
    texts(wish[kind]).map((text) => {
      const colon = text.indexOf(':')
      return colon < 0 ? { kind, key: text, value: '' } : { kind, key: text.slice(0, colon), value: text.slice(colon + 1) }
    }),
  )
}

const written = ({ key, value }: Chosen): string => (value ? `${key}:${value}` : key)

/** The address's members for what is chosen. */
export function wishOf(chosen: Chosen[]): Wish {
  const of = (kind: Chosen['kind']): string[] => chosen.filter((one) => one.kind === kind).map(written)
  return { label: of('label').length ? of('label') : undefined, attribute: of('attribute').length ? of('attribute') : undefined }
}

export function sameChoice(one: Chosen, other: Chosen): boolean {
  return one.kind === other.kind && one.key === other.key && one.value === other.value
}

/** The service's filters: one of the values of each key. */
export function filterOf(chosen: Chosen[]): Record<string, string | { oeq: string }> {
  const values: Record<string, string[]> = {}
  for (const { kind, key, value } of chosen) (values[`${kind}s.${key}`] ??= []).push(...(value ? [value] : []))
  const entries = Object.entries(values).map(([field, some]) => [field, some.length ? { oeq: some.join(',') } : ''])
  return Object.fromEntries(entries) as Record<string, string | { oeq: string }>
}

export function wordsOf({ key, value }: Chosen): string {
  return value ? `${key}: ${value}` : key
}
