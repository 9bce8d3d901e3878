import { onBeforeUnmount, onMounted, type Ref } from 'vue'

/** Takes the focus into a block that has been opened, and gives it back when that is closed. */
export function useFocusInside(box: Readonly<Ref<HTMLElement | null>>): void {
  const before = document.activeElement
  onMounted(() => box.value?.querySelector<HTMLElement>('input:not([tabindex="-1"]), select, textarea, button')?.focus())
  onBeforeUnmount(() => {
    // what opened it may have gone meanwhile
    setTimeout(() => (before instanceof HTMLElement && before.isConnected ? before : document.getElementById('main'))?.focus())
  })
}
