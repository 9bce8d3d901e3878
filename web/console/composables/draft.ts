import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

const PREFIX = 'portico.draft.'
const PAUSE_MS = 400

interface Draft {
  text: string
  at: number
  /** Tells the stored text that it was written over. */
  over: string
}

/** Tells texts apart, cheaply: length and FNV-1a. */
function mark(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return `${text.length}.${hash >>> 0}`
}

function read(key: string): Draft | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (typeof found !== 'object' || found === null) return null
    const { text, at, over } = found as Partial<Draft>
    return typeof text === 'string' && typeof at === 'number' ? { text, at, over: String(over) } : null
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
 * `offered` is what an earlier tab left, until it is taken or dropped; `outdated`: somebody has saved another text
 * since. `take` gives it.
 */
export function useDraft(name: string, text: Ref<string>, stored: Ref<string>) {
  const key = PREFIX + name
  const left = read(key)
  const offered = shallowRef<Draft | null>(left && left.text !== stored.value ? left : null)
  const outdated = computed(() => offered.value !== null && offered.value.over !== mark(stored.value))
  /** The machine keeps nothing: private windows, full storage. */
  const failed = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function keep(): void {
    clearTimeout(timer)
    const same = text.value === stored.value
    if (same && offered.value) return
    try {
      if (same) localStorage.removeItem(key)
      else localStorage.setItem(key, JSON.stringify({ text: text.value, at: Date.now(), over: mark(stored.value) } satisfies Draft))
      failed.value = false
    } catch {
      failed.value = true
    }
  }

  function take(): string {
    const found = offered.value?.text ?? text.value
    offered.value = null
    return found
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
  return { offered, outdated, failed, take, drop }
}
