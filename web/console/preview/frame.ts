/*
 * The script of the frame that shows previews. It takes what to show from the page that embeds it, and tells that
 * page which link was followed; it never leaves, and asks nobody for anything.
 */
import { tabGroup } from '../../site/tabs'
import type { FrameMessage, ShowMessage } from './messages'
import { enhanceOnce, morph } from './morph'

const ownRules = document.createElement('style')
const customRules = document.createElement('style')
document.head.append(ownRules, customRules)

const tell = (message: FrameMessage): void => window.parent.postMessage(message, '*')

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Adds the stylesheets that are not there yet, and waits for them. */
async function load(styles: string[]): Promise<void> {
  const there = new Set([...document.querySelectorAll('link')].map((link) => link.getAttribute('href')))
  const missing = styles.filter((style) => style.startsWith('/_assets/') && !there.has(style))
  await Promise.all(
    missing.map(
      (style) =>
        new Promise((done) => {
          const link = document.createElement('link')
          link.rel = 'stylesheet'
          link.href = style
          link.onload = link.onerror = done
          ownRules.before(link)
        }),
    ),
  )
}

const tabGroups = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.mdc-tab-group')]
const tabsOf = (group: HTMLElement): HTMLElement[] => [...group.querySelectorAll<HTMLElement>(':scope > .tab-list > [role=tab]')]
const chosenTab = (group: HTMLElement): number => tabsOf(group).findIndex((tab) => tab.ariaSelected === 'true')

function show({ html, css, custom_css, mode, number }: ShowMessage): void {
  document.documentElement.dataset.theme = mode
  setText(ownRules, css)
  setText(customRules, custom_css ?? '')
  const wanted = new DOMParser().parseFromString(html, 'text/html').body
  const chosen = tabGroups().map(chosenTab)
  morph(document.body, wanted)
  enhanceOnce(tabGroups(), tabGroup)
  tabGroups().forEach((group, index) => {
    // a group that was written anew shows the panel that was open before
    if (chosen[index]) tabsOf(group)[chosen[index]]?.click()
  })
  requestAnimationFrame(() => tell({ kind: 'shown', number }))
}

let last = 0
window.addEventListener('message', (event: MessageEvent<ShowMessage>) => {
  if (event.source !== window.parent || event.data?.kind !== 'show') return
  const message = event.data
  last = message.number
  void load(message.styles).then(() => {
    if (message.number === last) show(message)
  })
})

document.addEventListener('click', (event) => {
  const target = event.target as Element
  const link = target.closest('a[href], area[href]')
  const toggle = target.closest('.nav-toggle')
  if (toggle) toggle.setAttribute('aria-expanded', String(toggle.getAttribute('aria-expanded') !== 'true'))
  if (!link) return
  event.preventDefault()
  const href = link.getAttribute('href') ?? ''
  if (href.startsWith('#')) document.getElementById(decodeURIComponent(href.slice(1)))?.scrollIntoView()
  else tell({ kind: 'link', href, external: link.getAttribute('target') === '_blank' })
})
document.addEventListener('submit', (event) => event.preventDefault())

tell({ kind: 'ready' })
