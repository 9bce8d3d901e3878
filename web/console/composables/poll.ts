import { onScopeDispose } from 'vue'

const FIRST_MS = 2_000
const LONGEST_MS = 30_000

/**
 * Does something again and again while it is worth it: ever more rarely, until `again` is called, and not while
 * nobody looks.
 */
export function usePoll(work: () => Promise<unknown>, worth: () => boolean): { again: () => void } {
  let pause = FIRST_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  function wait(): void {
    clearTimeout(timer)
    if (over) return
    timer = setTimeout(() => void turn(), pause)
    pause = Math.min(pause * 1.5, LONGEST_MS)
  }

  async function turn(): Promise<void> {
    if (worth() && !document.hidden) await work()
    wait()
  }

  function again(): void {
    pause = FIRST_MS
    wait()
  }

  function look(): void {
    if (!document.hidden) again()
  }

  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  })
  again()
  return { again }
}
