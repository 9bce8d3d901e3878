/** A failure that the service, or the way to it, reports. `fields` says what is wrong with which member. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly fields: ReadonlyMap<string, string> = new Map(),
    readonly instance = '',
  ) {
    super(detail || title)
    this.name = 'Problem'
  }

  /** The answer is none at all: no connection, or a request that was broken off. */
  get unreachable(): boolean {
    return this.status === 0
  }
}

interface Entry {
  field?: unknown
  reason?: unknown
}

/** Reads a problem document, or makes one of whatever else came. */
export async function problemOf(answer: Response): Promise<Problem> {
  const text = await answer.text()
  try {
    const told: unknown = JSON.parse(text)
    if (typeof told === 'object' && told !== null) {
      const { title, detail, instance, invalid_parameters: entries } = told as Record<string, unknown>
      const fields = new Map<string, string>()
      for (const { field, reason } of Array.isArray(entries) ? (entries as Entry[]) : []) {
        const name = String(field ?? '')
        if (!fields.has(name)) fields.set(name, String(reason ?? 'is invalid'))
      }
      return new Problem(answer.status, String(title ?? ''), String(detail ?? ''), fields, String(instance ?? ''))
    }
  } catch {
    // no JSON: the status has to do
  }
  return new Problem(answer.status, `Status ${answer.status}`, answer.statusText)
}

/** Any failure as a sentence for people. */
export function sentence(error: unknown): string {
  if (error instanceof Problem) {
    if (error.status === 400 && error.fields.size) {
      return [...error.fields].map(([field, reason]) => (field ? `${field} ${reason}` : reason)).join('; ')
    }
    return error.message.replace(/^Conflict: /, '').replace(/^./, (first) => first.toUpperCase())
  }
  return error instanceof Error ? error.message : String(error)
}
