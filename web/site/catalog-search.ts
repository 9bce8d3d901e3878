/**
 * Refreshes `[data-catalog-results]` while its form `[data-catalog-search]` is filled in, by fetching the page the
 * form would lead to. Where that fails, the form still works as a form.
 */

const PAUSE_MS = 250

export function catalogSearch(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-catalog-search]')
  const results = document.querySelector<HTMLElement>('[data-catalog-results]')
  if (!form || !results) {
    return
  }
  let timer = 0
  let running = new AbortController()

  async function refresh(form: HTMLFormElement, results: HTMLElement): Promise<void> {
    running.abort()
    running = new AbortController()
    const url = new URL(form.action)
    const filled = [...new FormData(form)].filter(([, value]) => value !== '')
    url.search = new URLSearchParams(filled as [string, string][]).toString()
    results.setAttribute('aria-busy', 'true')
    try {
      const response = await fetch(url, { signal: running.signal })
      const page = new DOMParser().parseFromString(await response.text(), 'text/html')
      const fresh = page.querySelector('[data-catalog-results]')
      if (!response.ok || !fresh) {
        return form.submit()
      }
      results.replaceChildren(...fresh.childNodes)
      history.replaceState(null, '', url)
      results.removeAttribute('aria-busy')
    } catch (error) {
      if ((error as Error).name !== 'AbortError') {
        form.submit()
      }
    }
  }

  const soon = (pause: number): void => {
    clearTimeout(timer)
    timer = window.setTimeout(() => void refresh(form, results), pause)
  }
  form.addEventListener('input', () => soon(PAUSE_MS))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    soon(0)
  })
}
