import { changed } from '../api/client'
import { Problem } from '../api/problem'
import { confirm } from './confirm'
import { attempt } from './toasts'

/**
 * Changes a thing that was read (`seen`). Where somebody else has changed it since, says what it is now and asks
 * whether to do it all the same. Failures are told. Returns whether it was done.
 */
export async function overwrite<T extends object>({ seen, read, write, now, action, done }: {
  seen: T
  read: () => Promise<T>
  write: (since: T) => Promise<unknown>
  /** What the thing is now, as a sentence. */
  now: (latest: T) => string
  /** What the button says. */
  action: string
  /** What is told when it is done. */
  done: string
}): Promise<boolean> {
  let latest: T | null = null
  const first = await attempt(async () => {
    try {
      await write(seen)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      latest = await read()
      if (!changed(seen, latest)) throw error
    }
  })
  if (!first || !latest) return first && attempt(async () => undefined, done)
  const over: T = latest
  const sure = await confirm({ title: 'Somebody else changed this meanwhile', text: now(over), action, danger: true })
  return sure && attempt(() => write(over), done)
}
