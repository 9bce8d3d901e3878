/**
 * Mends what the renderer leaves to be guessed by those who do not see the page: as far as it is drawn now, and
 * whenever more is drawn.
 */
export function keepAccessible(root: HTMLElement): void {
  let asked = false
  const mendSoon = (): void => {
    if (!asked) {
      asked = true
      requestAnimationFrame(() => {
        asked = false
        mend(root)
      })
    }
  }
  mend(root)
  new MutationObserver(mendSoon).observe(root, { childList: true, subtree: true, characterData: true })
}

function mend(root: HTMLElement): void {
  const each = (selector: string, change: (element: HTMLElement) => void): void =>
    root.querySelectorAll<HTMLElement>(selector).forEach(change)

  // Icons stand beside what they mean.
  each('svg[role="img"]:not([aria-label], [aria-labelledby]):not(:has(> title))', (icon) => {
    icon.removeAttribute('role')
    icon.setAttribute('aria-hidden', 'true')
  })
  // The list of servers has a button or a field among its items.
  each('ul.overview-server-list:not([role])', (list) => list.setAttribute('role', 'group'))
  each('ul.overview-server-list > li:not([role])', (item) => item.setAttribute('role', 'none'))
  each('.overview-server-list-add-custom-url-input > input:not([aria-label])', (field) =>
    field.setAttribute('aria-label', 'Custom URL'))
  // The switch names an element that says nothing.
  each('.required-only-wrapper [role="checkbox"][aria-labelledby]', (control) => {
    control.removeAttribute('aria-labelledby')
    control.setAttribute('aria-label', control.closest('.required-only-wrapper')?.querySelector('label')?.textContent?.trim() ?? '')
  })
  // Operations without a summary have an empty title.
  each('[data-testid="spec-renderer-page-header-title"]', (title) => (title.hidden = !title.textContent?.trim()))
}
