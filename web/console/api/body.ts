/** From how many bytes on a body is sent packed, and from how many (packed) it takes the way of large uploads. */
const PACK_FROM = 1_000_000
const UPLOAD_FROM = 4_000_000

export interface Packed {
  data: BodyInit
  headers: Record<string, string>
  /** large enough for its way to be watched */
  large: boolean
  /** too large for a request, even packed */
  upload: boolean
}

export async function pack(text: string): Promise<Packed> {
  const headers = { 'Content-Type': 'application/json' }
  if (text.length < PACK_FROM) return { data: text, headers, large: false, upload: false }
  const packed = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob()
  return {
    data: packed,
    headers: { ...headers, 'Content-Encoding': 'gzip' },
    large: true,
    upload: packed.size > UPLOAD_FROM,
  }
}

/** The first hex digits of a text's SHA-256. */
export async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(hash).slice(0, 10)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** `{filter: {name: {contains: 'a'}}, sort: 'name'}` → `?filter[name][contains]=a&sort=name` */
export function queryText(query: object | undefined): string {
  const pairs: string[] = []
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return
    if (typeof value === 'object') for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner)
    else pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  }
  for (const [name, value] of Object.entries(query ?? {})) add(name, value)
  return pairs.length ? `?${pairs.join('&')}` : ''
}
