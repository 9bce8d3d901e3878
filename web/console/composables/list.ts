import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useResource } from './resource'

interface Listed<T> {
  data: T[]
  meta: { page: { number: number; size: number; total: number } }
}

export const PAGE_SIZE = 20

type Wish = Record<string, string | string[] | undefined>

/**
 * A searched and paged list whose search, page and further members (`wish`: filters, an order) stand in the address,
 * so that going back finds them again. `read` is given the wish of the address.
 */
export function useList<T>(
  read: (
    query: { 'page[size]': number; 'page[number]': number },
    search: string,
    signal: AbortSignal,
    wish: Wish,
  ) => Promise<Listed<T>>,
) {
  const route = useRoute()
  const router = useRouter()
  const here = route.path
  const search = computed(() => String(route.query.q ?? ''))
  const number = computed(() => Math.max(1, Number(route.query.page) || 1))
  const typed = ref(search.value)
  const wish = computed<Wish>(() => {
    const { q: _, page: __, ...rest } = route.query
    return rest as Wish
  })

  // another screen's address is none of this list's business
  const resource = useResource(
    (signal) => read({ 'page[size]': PAGE_SIZE, 'page[number]': number.value }, search.value, signal, wish.value),
    () => (route.path === here ? JSON.stringify(route.query) : undefined),
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(typed, (text) => {
    clearTimeout(timer)
    timer = setTimeout(() => set({ q: text.trim() || undefined }), 250)
  })

  /** Lets the address say something else, from the first page on; undefined takes a member away. */
  function set(members: Wish): void {
    void router.replace({ query: { ...route.query, page: undefined, ...members } })
  }

  function turn(page: number): void {
    void router.push({ query: { ...route.query, page: page === 1 ? undefined : String(page) } })
  }

  const items = computed(() => resource.data.value?.data ?? [])
  const total = computed(() => resource.data.value?.meta.page.total ?? 0)
  return { ...resource, items, total, number, search, typed, wish, set, turn }
}
