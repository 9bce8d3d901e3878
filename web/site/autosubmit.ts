/** Sends a form when a field marked `data-autosubmit` changes; its button, needed without script, is hidden. */
export function autosubmit(): void {
  document.querySelectorAll<HTMLSelectElement>('select[data-autosubmit]').forEach((select) => {
    select.form?.querySelectorAll<HTMLElement>('[type=submit]').forEach((button) => (button.hidden = true))
    select.addEventListener('change', () => select.form?.requestSubmit())
  })
}
