/**
 * Tabs for each `.mdc-tab-group`, whose `.mdc-tab-panel`s are sections below each other without script: the first
 * child of a panel is its title. Arrow keys, Home and End move between tabs.
 */
export function tabs(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>('.mdc-tab-group').forEach(enhance)
}

let groups = 0

function enhance(group: HTMLElement): void {
  const panels = [...group.querySelectorAll<HTMLElement>(':scope > .mdc-tab-panel')]
  if (panels.length < 2) {
    return
  }
  const prefix = `tabs-${(groups += 1)}`
  const list = document.createElement('div')
  list.className = 'tab-list'
  list.setAttribute('role', 'tablist')

  const buttons = panels.map((panel, index) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.id = `${prefix}-tab-${index}`
    button.textContent = panel.querySelector(':scope > .mdc-tab-panel-title')?.textContent ?? `Tab ${index + 1}`
    button.setAttribute('role', 'tab')
    panel.id ||= `${prefix}-panel-${index}`
    button.setAttribute('aria-controls', panel.id)
    panel.setAttribute('role', 'tabpanel')
    panel.setAttribute('aria-labelledby', button.id)
    panel.tabIndex = 0
    button.addEventListener('click', () => select(index))
    return button
  })

  function select(chosen: number): void {
    buttons.forEach((button, index) => {
      button.setAttribute('aria-selected', String(index === chosen))
      button.tabIndex = index === chosen ? 0 : -1
    })
    panels.forEach((panel, index) => (panel.hidden = index !== chosen))
  }

  list.addEventListener('keydown', (event) => {
    const last = buttons.length - 1
    const at = buttons.indexOf(event.target as HTMLButtonElement)
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      select(to)
      buttons[to]?.focus()
    }
  })

  list.append(...buttons)
  group.prepend(list)
  group.classList.add('is-tabbed')
  const linked = panels.findIndex((panel) => location.hash !== '' && panel.querySelector(`#${CSS.escape(location.hash.slice(1))}`))
  select(Math.max(linked, 0))
}
