import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue'

export interface Resource<T> {
  data: ShallowRef<T | null>
  error: ShallowRef<unknown>
  loading: ShallowRef<boolean>
  /** Reads it again; what is shown stays until the answer comes. */
  reload: () => Promise<void>
}

/**
 * Something read from the service, again whenever `source` changes. Answers that were overtaken are dropped.
 * `source` is what the address needs (`() => route.params.portalId`); when it is undefined nothing is read.
 */
export function useResource<T>(read: (signal: AbortSignal) => Promise<T>, source: WatchSource = () => true): Resource<T> {
  const data = shallowRef<T | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = shallowRef(false)
  let running: AbortController | undefined

  async function reload(): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    loading.value = true
    try {
      const found = await read(mine.signal)
      if (running !== mine) return
      data.value = found
      error.value = null
    } catch (failure) {
      if (running !== mine) return
      error.value = failure
    }
    loading.value = false
  }

  watch(
    source,
    (value) => {
      if (value !== undefined) void reload()
    },
    { immediate: true },
  )
  onScopeDispose(() => running?.abort())
  return { data, error, loading, reload }
}
