import { computed, reactive, ref, shallowRef, toRaw, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { Problem, sentence } from '../api/problem'
import { confirm } from './confirm'

export interface Form<V extends object> {
  values: V
  /** What is wrong with each field, by the member's name on the wire. */
  errors: Record<string, string>
  /** What is wrong with no field in particular. */
  failure: Ref<string>
  busy: Ref<boolean>
  dirty: ComputedRef<boolean>
  /** What others have stored meanwhile in fields that were changed here. Saving again saves over it. */
  conflict: ShallowRef<Partial<V> | null>
  /** Drops what was changed here and takes what is stored. */
  yield: () => void
  /** Attributes of a Kongponents input for a field. */
  field: (name: string) => { error: boolean; errorMessage: string }
  submit: () => Promise<void>
  /** Takes other values as those that are stored. */
  reset: (values: V) => void
}

const copy = <V>(values: V): V => JSON.parse(JSON.stringify(toRaw(values))) as V

/**
 * A form: its values, how far they differ from what is stored, and what the service says of them.
 *
 * `save` sends them and returns what is stored now, if the form stays open. Its second argument names a creation
 * (`once` of the client): it stays the same until one has succeeded, so that a second click makes no second thing.
 * A Problem's fields become `errors`, where `fields` or the values have a member of that name
 * (`fields`: name on the wire → name in the form), anything else `failure`. `guard`: leaving with changes asks first.
 *
 * `current` reads what is stored now, for a change that was refused because somebody else came first; from then on
 * `save` has to send its change over that. It is sent again at once, unless others changed the same fields: then
 * `conflict` tells what they stored, and `submit` saves over it.
 */
export function useForm<V extends object>(
  initial: V,
  save: (values: V, once: string) => Promise<V | void>,
  { fields = {}, guard = false, current }: { fields?: Record<string, string>; guard?: boolean; current?: () => Promise<V> } = {},
): Form<V> {
  const values = reactive(copy(initial)) as V
  const stored = ref(JSON.stringify(initial))
  const errors = reactive<Record<string, string>>({})
  const failure = ref('')
  const busy = ref(false)
  const conflict = shallowRef<Partial<V> | null>(null)
  let once = crypto.randomUUID()
  const dirty = computed(() => JSON.stringify(values) !== stored.value)

  function place(problem: unknown): void {
    if (!(problem instanceof Problem) || problem.status !== 400) {
      failure.value = sentence(problem)
      return
    }
    const left: string[] = []
    for (const [wire, reason] of problem.fields) {
      const name = fields[wire] ?? wire
      // `labels.env` and `labels[0]` are told at the field that has them all
      const [, head = name, part = ''] = /^(\w+)[.[](.+?)\]?$/.exec(name) ?? []
      const text = reason.replace(/^./, (first) => first.toUpperCase())
      if (name in values) errors[name] = text
      else if (head in values) errors[head] = `${part}: ${reason}`
      else left.push(name ? `${name}: ${reason}` : text)
    }
    failure.value = left.join('; ') || (problem.fields.size ? '' : sentence(problem))
  }

  async function submit(): Promise<void> {
    if (busy.value) return
    for (const name of Object.keys(errors)) delete errors[name]
    failure.value = ''
    busy.value = true
    try {
      const now = await saved()
      once = crypto.randomUUID()
      if (now) reset(now)
    } catch (problem) {
      place(problem)
      focusFirstError()
    } finally {
      busy.value = false
    }
  }

  /** Saves, over what others have stored meanwhile too, unless they changed the same fields. */
  async function saved(): Promise<V | void> {
    conflict.value = null
    try {
      return await save(copy(values), once)
    } catch (problem) {
      if (!current || !(problem instanceof Problem) || problem.status !== 409) throw problem
      const both = merge(await current())
      if (!Object.keys(both).length) return save(copy(values), once)
      conflict.value = both
      focusFirstError()
    }
  }

  /** Takes over what others changed where nothing was changed here. Returns what they stored in the other fields. */
  function merge(now: V): Partial<V> {
    const before = JSON.parse(stored.value) as V
    const both: Partial<V> = {}
    const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
    for (const name of Object.keys(now) as (keyof V)[]) {
      if (same(values[name], before[name])) values[name] = now[name]
      else if (!same(now[name], before[name]) && !same(now[name], values[name])) both[name] = now[name]
    }
    stored.value = JSON.stringify(now)
    return both
  }

  function reset(next: V): void {
    conflict.value = null
    Object.assign(values, copy(next))
    stored.value = JSON.stringify(next)
  }

  if (guard) {
    onBeforeRouteLeave(async () =>
      !dirty.value || (await confirm({ title: 'Leave without saving?', text: 'What you changed here has not been saved.', action: 'Leave', danger: true })),
    )
  }
  return {
    values,
    errors,
    failure,
    busy,
    dirty,
    conflict,
    yield: () => reset(JSON.parse(stored.value) as V),
    field: (name) => ({ error: name in errors, errorMessage: errors[name] ?? '' }),
    submit,
    reset,
  }
}

function focusFirstError(): void {
  // after the errors have been shown
  setTimeout(() => {
    document.querySelector<HTMLElement>('[aria-invalid="true"], .form-failure, .form-conflict')?.focus()
  })
}
