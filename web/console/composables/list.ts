import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useResource } from './resource'

interface Listed<T> {
  data: T[]
  meta: { page: { number: number; size: number; total: number } }
}

export const PAGE_SIZE = 20

/** A searched and paged list whose search and page stand in the address, so that going back finds them again. */
export function useList<T>(
  read: (query: { 'page[size]': number; 'page[number]': number }, search: string, signal: AbortSignal) => Promise<Listed<T>>,
) {
  const route = useRoute()
  const router = useRouter()
  const here = route.path
  const search = computed(() => String(route.query.q ?? ''))
  const number = computed(() => Math.max(1, Number(route.query.page) || 1))
  const typed = ref(search.value)

  // another screen's address is none of this list's business
  const resource = useResource(
    (signal) => read({ 'page[size]': PAGE_SIZE, 'page[number]': number.value }, search.value, signal),
    () => (route.path === here ? `${search.value}\n${number.value}` : undefined),
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(typed, (text) => {
    clearTimeout(timer)
    timer = setTimeout(() => void router.replace({ query: text.trim() ? { q: text.trim() } : {} }), 250)
  })

  function turn(page: number): void {
    void router.push({ query: { ...route.query, page: page === 1 ? undefined : String(page) } })
  }

  const items = computed(() => resource.data.value?.data ?? [])
  const total = computed(() => resource.data.value?.meta.page.total ?? 0)
  return { ...resource, items, total, number, search, typed, turn }
}
