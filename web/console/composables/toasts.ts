import { reactive } from 'vue'
import { sentence } from '../api/problem'

export interface Toast {
  id: number
  text: string
  kind: 'success' | 'danger' | 'info'
}

export const toasts = reactive<Toast[]>([])
let last = 0

/** Tells something in passing. Failures stay until they are dismissed. */
export function toast(text: string, kind: Toast['kind'] = 'success'): void {
  // said again, it is not said twice
  toasts.filter((one) => one.text === text).forEach(({ id }) => dismiss(id))
  const id = ++last
  toasts.push({ id, text, kind })
  if (kind !== 'danger') setTimeout(() => dismiss(id), 6000)
}

export function dismiss(id: number): void {
  const place = toasts.findIndex((one) => one.id === id)
  if (place >= 0) toasts.splice(place, 1)
}

/** Does something and tells of its failure. Returns whether it was done. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work()
    if (done) toast(done)
    return true
  } catch (error) {
    toast(sentence(error), 'danger')
    return false
  }
}
