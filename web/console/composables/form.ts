import { computed, reactive, ref, toRaw, type ComputedRef, type Ref } from 'vue'
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
 */
export function useForm<V extends object>(
  initial: V,
  save: (values: V, once: string) => Promise<V | void>,
  { fields = {}, guard = false }: { fields?: Record<string, string>; guard?: boolean } = {},
): Form<V> {
  const values = reactive(copy(initial)) as V
  const stored = ref(JSON.stringify(initial))
  const errors = reactive<Record<string, string>>({})
  const failure = ref('')
  const busy = ref(false)
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
      const text = reason.replace(/^./, (first) => first.toUpperCase())
      if (name in values) errors[name] = text
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
      const now = await save(copy(values), once)
      once = crypto.randomUUID()
      if (now) reset(now)
    } catch (problem) {
      place(problem)
      focusFirstError()
    } finally {
      busy.value = false
    }
  }

  function reset(next: V): void {
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
    field: (name) => ({ error: name in errors, errorMessage: errors[name] ?? '' }),
    submit,
    reset,
  }
}

function focusFirstError(): void {
  // after the errors have been shown
  setTimeout(() => {
    document.querySelector<HTMLElement>('[aria-invalid="true"], .form-failure')?.focus()
  })
}
