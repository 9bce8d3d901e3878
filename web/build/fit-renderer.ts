import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

/**
 * Fits the published bundle of `@kong/spec-renderer` to a strict content security policy.
 *
 * The package ships with its dependencies bundled, so aliases cannot reach them. Each change below replaces
 * one expression, and the build fails when a new version of the package no longer contains it.
 */

const reference = (name: string): string => fileURLToPath(new URL(`../reference/${name}`, import.meta.url))

interface Change {
  why: string
  find: RegExp
  /** How often it has to be found. */
  times: number
  replace: (...found: string[]) => string
}

const CHANGES: readonly Change[] = [
  {
    why: 'The AsyncAPI parser compiles validators from strings (unsafe-eval); the server has validated already.',
    find: /const (\w+) = await import\("\.\/index-[\w-]+\.js"\)[^;]*;\s*(\w+) = new \1\.default\(\)[^;]*;/g,
    times: 1,
    replace: (_all, _module, parser) =>
      `${parser} = (await import(${JSON.stringify(reference('asyncapi.ts'))})).asyncApiParser;`,
  },
  {
    why: 'The highlighter runs a WebAssembly engine (wasm-unsafe-eval) and writes inline styles.',
    find: /await \w+\(\{\s*themes: \[\s*import\([\s\S]*?engine: [\s\S]*?import\("\.\/wasm-[\w-]+\.js"\)\)\s*\}\)/g,
    times: 1,
    replace: () => `(await import(${JSON.stringify(reference('highlighter.ts'))})).highlighter`,
  },
  {
    why: 'The message of a sample that cannot be made quotes a server URL of the document as HTML.',
    find: /`<div class='error'>\$\{(\w+)\.code\}<\/div>`/g,
    times: 1,
    replace: (_all, props) =>
      `"<div class='error'>" + ${props}.code.split("<br/>").map((line) => line.replace(/&/g, "&amp;").replace(/</g, "&lt;")).join("<br/>") + "</div>"`,
  },
  {
    why: 'A description that cannot be rendered would become HTML unsanitised.',
    find: /(allowedTags: \w+\.defaults\.allowedTags\.concat\([^)]*\)\s*\}\);\s*\} catch \{\s*return )\w+/g,
    times: 1,
    replace: (_all, before) => `${before}""`,
  },
  {
    why: 'A heading that opens and closes its section has a list of servers inside: so a button beside it does.',
    find: /(\w+)\("details", \{(\s*class: \w+\(\["endpoint-collapsible-section", \{[^}]*\}\])\),\s*open: ""\s*\}, \[\s*(\w+)\("summary", \{\s*class: "endpoint-collapsible-section-header",\s*onClick: (\w+)\s*\}, \[([\s\S]*?)(\w+\(\w+\(\w+\), \{\s*class: \w+\(\["chevron-icon", \{ expanded: (\w+)\.value \}\]\),[\s\S]*?\["class", "size"\]\))\s*\]\),\s*(\w+)\.\$slots\.default \? /g,
    times: 1,
    replace: (_all, open, sectionClass, create, toggle, title, chevron, expanded, slots) =>
      `${open}("div", {${sectionClass}) }, [${create}("div", { class: "endpoint-collapsible-section-header", ` +
      `onClick: (event) => event.target.closest("button, a, input, select, label") || ${toggle}(event) }, [${title}` +
      `${create}("button", { type: "button", class: "section-toggle", "aria-label": "Section", "aria-expanded": ${expanded}.value, ` +
      `onClick: ${toggle} }, [${chevron}], 8, ["aria-expanded"])]), ${slots}.$slots.default && ${expanded}.value ? `,
  },
  {
    why: 'The icon of a request under way brings a style element; the animation is in reference.css.',
    find: /<style>@keyframes kong-icon-spin[^<]*<\/style>|style="[^"]*kong-icon-spin[^"]*"/g,
    times: 2,
    replace: () => '',
  },
  {
    why: 'Icons have style attributes where an attribute of SVG does.',
    find: /style="mask-type:luminance"/g,
    times: 33,
    replace: () => 'mask-type="luminance"',
  },
]

/** Validators that the AsyncAPI parser's modules import and that nothing here calls. */
const UNUSED = new Map([
  ['avsc', 'export default {}'],
  ['@asyncapi/specs', 'export default { schemas: {} }'],
  ['@stoplight/spectral-core', 'export const Document = {}'],
])

export function fitRenderer(): Plugin {
  return {
    name: 'fit-renderer',
    enforce: 'pre',
    resolveId: (source) => (UNUSED.has(source) ? `\0unused:${source}` : null),
    load: (id) => UNUSED.get(id.replace('\0unused:', '')) ?? null,
    transform(code, id) {
      if (!/spec-renderer\/dist\/index-[\w-]+\.js$/.test(id) || !code.includes('codeToHtml(')) {
        return null
      }
      for (const { why, find, times, replace } of CHANGES) {
        const found = [...code.matchAll(find)].length
        if (found !== times) {
          this.error(`@kong/spec-renderer has changed: expected ${times} places, found ${found}. ${why}`)
        }
        code = code.replace(find, replace)
      }
      return { code, map: null }
    },
  }
}
