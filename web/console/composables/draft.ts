import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

const PREFIX = 'portico.draft.'
const PAUSE_MS = 400

interface Draft {
  text: string
  at: number
}

function read(key: string): Draft | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (typeof found !== 'object' || found === null) return null
    const { text, at } = found as Partial<Draft>
    return typeof text === 'string' && typeof at === 'number' ? { text, at } : null
  } catch {
    return null
  }
}

/** Removes all texts that were kept on this machine. */
export function forgetDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
}

/**
 * Keeps a text on this machine while it differs from what is stored, so that nothing is lost with the tab.
 * `offered` is what an earlier tab left, until it is taken or dropped.
 */
export function useDraft(name: string, text: Ref<string>, stored: Ref<string>) {
  const key = PREFIX + name
  const left = read(key)
  const offered = shallowRef<Draft | null>(left && left.text !== stored.value ? left : null)
  /** The machine keeps nothing: private windows, full storage. */
  const failed = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function keep(): void {
    clearTimeout(timer)
    const same = text.value === stored.value
    if (same && offered.value) return
    try {
      if (same) localStorage.removeItem(key)
      else localStorage.setItem(key, JSON.stringify({ text: text.value, at: Date.now() } satisfies Draft))
      failed.value = false
    } catch {
      failed.value = true
    }
  }

  function take(): void {
    if (offered.value) text.value = offered.value.text
    offered.value = null
  }

  function drop(): void {
    clearTimeout(timer)
    offered.value = null
    localStorage.removeItem(key)
  }

  watch([text, stored], () => {
    clearTimeout(timer)
    timer = setTimeout(keep, PAUSE_MS)
  })
  window.addEventListener('pagehide', keep)
  onScopeDispose(() => {
    clearTimeout(timer)
    window.removeEventListener('pagehide', keep)
  })
  return { offered, failed, take, drop }
}
