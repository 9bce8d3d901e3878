/**
 * The button that opens the menu on a phone (rendered with `aria-expanded="false"`); Escape closes the menu and
 * returns to the button.
 */
export function navigationToggle(): void {
  const button = document.querySelector<HTMLButtonElement>('.nav-toggle')
  if (!button) {
    return
  }
  const open = (yes: boolean): void => button.setAttribute('aria-expanded', String(yes))
  const isOpen = (): boolean => button.getAttribute('aria-expanded') === 'true'

  button.addEventListener('click', () => open(!isOpen()))
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && isOpen()) {
      open(false)
      button.focus()
    }
  })
}
