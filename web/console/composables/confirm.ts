import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  /** What the button says: the deed itself. */
  action: string
  danger?: boolean
  /** What has to be typed first, for what cannot be undone. */
  typed?: string
  /** What goes with it, as a list. */
  consequences?: string[]
}

interface Open extends Question {
  answer: (yes: boolean) => void
}

export const open = shallowRef<Open | null>(null)

/** Asks before something is done. Resolves to whether it shall be. */
export function confirm(question: Question): Promise<boolean> {
  open.value?.answer(false)
  const before = document.activeElement
  return new Promise((resolve) => {
    open.value = {
      ...question,
      answer: (yes) => {
        open.value = null
        resolve(yes)
        if (before instanceof HTMLElement) setTimeout(() => before.focus())
      },
    }
  })
}
