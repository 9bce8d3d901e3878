import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import csharp from 'highlight.js/lib/languages/csharp'
import go from 'highlight.js/lib/languages/go'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import ruby from 'highlight.js/lib/languages/ruby'

/**
 * Colours code with classes: no WebAssembly, no inline style.
 *
 * Has the one method the renderer calls on its highlighter, and gives the mark-up its style sheet expects:
 * a `pre` whose lines are `span.line` (numbered by a CSS counter).
 */

// Names as the renderer passes them.
const LANGUAGES = { csharp, fish: bash, go, java, javascript, json, python, ruby }

for (const [name, language] of Object.entries(LANGUAGES)) {
  hljs.registerLanguage(name, language)
}

/** Colouring a large answer would hold up the page; it is shown plain instead. */
const MAX_COLOURED_CHARACTERS = 100_000

const escapeHtml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** Wraps each line, closing the spans still open at its end and opening them again on the next. */
function toLines(html: string): string {
  let open: string[] = []
  return html
    .split('\n')
    .map((line) => {
      const before = open.join('')
      for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
        open = tag === '</span>' ? open.slice(0, -1) : [...open, tag]
      }
      return `<span class="line">${before}${line}${'</span>'.repeat(open.length)}</span>`
    })
    .join('\n')
}

export const highlighter = {
  codeToHtml(code: string, options: { lang?: string }): string {
    const language = options.lang ?? ''
    const coloured =
      hljs.getLanguage(language) && code.length <= MAX_COLOURED_CHARACTERS
        ? hljs.highlight(code, { language, ignoreIllegals: true }).value
        : escapeHtml(code)
    return `<pre class="code" tabindex="0"><code>${toLines(coloured)}</code></pre>`
  },
}
