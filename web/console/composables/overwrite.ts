import { changed } from '../api/client'
import { Problem } from '../api/problem'
import { confirm } from './confirm'
import { attempt } from './toasts'

/** A deed to a thing that others may change too. */
interface Deed<T extends object> {
  read: () => Promise<T>
  write: (since: T) => Promise<unknown>
  /** What the thing is now, as a sentence. */
  now: (latest: T) => string
  /** What the button says. */
  action: string
  /** What is told when it is done. */
  done: string
}

/**
 * Changes a thing that was read (`seen`). Where somebody else has changed it since, says what it is now and asks
 * whether to do it all the same. Failures are told. Returns whether it was done.
 */
export async function overwrite<T extends object>({ seen, ...deed }: Deed<T> & { seen: T }): Promise<boolean> {
  let latest: T | null = null
  const first = await attempt(async () => {
    try {
      await deed.write(seen)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      latest = await deed.read()
      if (!changed(seen, latest)) throw error
    }
  })
  if (!first || !latest) return first && attempt(async () => undefined, deed.done)
  const over: T = latest
  return (await sure(deed, over)) && attempt(() => deed.write(over), deed.done)
}

/**
 * The same for a thing as a list shows it (`listed`). Rows of lists carry no revision, so the thing is read first, and
 * compared with its row by when it was changed last.
 */
export async function overwriteListed<T extends { updated_at: string }>({
  listed,
  ...deed
}: Deed<T> & { listed: { updated_at: string } }): Promise<boolean> {
  let seen: T | undefined
  await attempt(async () => (seen = await deed.read()))
  if (!seen || (seen.updated_at !== listed.updated_at && !(await sure(deed, seen)))) return false
  return overwrite({ ...deed, seen })
}

function sure<T extends object>({ now, action }: Deed<T>, latest: T): Promise<boolean> {
  return confirm({ title: 'Somebody else changed this meanwhile', text: now(latest), action, danger: true })
}
