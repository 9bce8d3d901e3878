/**
 * Tabs for each `.mdc-tab-group`. Without script its panels are `details` of which one is open at a time; with it
 * their summaries become a list of tabs. Arrow keys, Home and End move between tabs.
 */
export function tabs(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>('.mdc-tab-group').forEach(tabGroup)
}

/** Does the page's address name this element? Compared as the browser writes addresses. */
const isAddressed = (element: Element): boolean => new URL(`#${element.id}`, location.href).hash === location.hash

let groups = 0

export function tabGroup(group: HTMLElement): void {
  const panels = [...group.querySelectorAll<HTMLDetailsElement>(':scope > .mdc-tab-panel')]
  if (panels.length < 2) {
    return
  }
  const vertical = group.classList.contains('mdc-tab-group--vertical')
  const prefix = `tabs-${(groups += 1)}`
  const list = document.createElement('div')
  list.className = 'tab-list'
  list.setAttribute('role', 'tablist')
  if (vertical) {
    list.setAttribute('aria-orientation', 'vertical')
  }

  const buttons = panels.map((panel, index) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.id = `${prefix}-tab-${index}`
    button.textContent = panel.querySelector(':scope > summary')?.textContent ?? ''
    button.setAttribute('role', 'tab')
    button.addEventListener('click', () => select(index))
    const content = panel.querySelector<HTMLElement>(':scope > .mdc-tab-panel__content')
    if (content) {
      content.id ||= `${prefix}-panel-${index}`
      content.tabIndex = 0
      content.setAttribute('role', 'tabpanel')
      content.setAttribute('aria-labelledby', button.id)
      button.setAttribute('aria-controls', content.id)
    }
    return button
  })

  function select(chosen: number): void {
    buttons.forEach((button, index) => {
      button.setAttribute('aria-selected', String(index === chosen))
      button.tabIndex = index === chosen ? 0 : -1
    })
    panels.forEach((panel, index) => {
      panel.open = index === chosen
      panel.hidden = index !== chosen
    })
  }

  list.addEventListener('keydown', (event) => {
    const last = buttons.length - 1
    const at = buttons.indexOf(event.target as HTMLButtonElement)
    const moves: Record<string, number> = {
      [vertical ? 'ArrowDown' : 'ArrowRight']: at === last ? 0 : at + 1,
      [vertical ? 'ArrowUp' : 'ArrowLeft']: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }
    const to = moves[event.key]
    if (to !== undefined) {
      event.preventDefault()
      select(to)
      buttons[to]?.focus()
    }
  })

  list.append(...buttons)
  group.prepend(list)
  group.classList.add('is-tabbed')
  const linked = panels.findIndex((panel) => [...panel.querySelectorAll('[id]')].some(isAddressed))
  select(Math.max(linked >= 0 ? linked : panels.findIndex((panel) => panel.open), 0))
}
