/* What every text editor of the console has: Markdown with front matter, the console's colours, its policy. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { markdown, markdownLanguage } from '@codemirror/lang-markdown'
import { yamlFrontmatter } from '@codemirror/lang-yaml'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import type { Extension } from '@codemirror/state'
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'

const colours = HighlightStyle.define([
  { tag: tags.heading, color: 'var(--text)', fontWeight: '700' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: [tags.link, tags.url], color: 'var(--accent)' },
  { tag: [tags.monospace, tags.string], color: 'var(--good)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.tagName, tags.attributeName], color: 'var(--violet)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--info)' },
  { tag: [tags.meta, tags.comment, tags.processingInstruction, tags.contentSeparator, tags.quote], color: 'var(--text-muted)' },
])

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '0.875rem' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--text)', paddingBottom: '40vh' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { color: 'var(--text-muted)', backgroundColor: 'var(--surface-sunken)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent-soft) 55%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-component': { color: 'var(--violet)', fontWeight: '600' },
  '.cm-panels': { backgroundColor: 'var(--surface-sunken)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-textfield': { backgroundColor: 'var(--surface)', border: '1px solid var(--line-strong)', color: 'var(--text)' },
  '.cm-button': { backgroundColor: 'var(--surface)', backgroundImage: 'none', border: '1px solid var(--line-strong)', color: 'var(--text)' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--text)' },
  '.cm-changedLine': { backgroundColor: 'var(--warn-soft) !important' },
  '.cm-collapsedLines': { background: 'var(--surface-sunken) !important', color: 'var(--text-muted) !important' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"⋯" !important' },
  '.cm-deletedChunk': { backgroundColor: 'var(--bad-soft)' },
})

/** Marks what opens and closes components: `::name`, `::`. */
const components = new MatchDecorator({
  regexp: /^[ \t]*:{2,}(?:[A-Za-z][\w-]*)?/gm,
  decoration: Decoration.mark({ class: 'cm-component' }),
})
const componentMarks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet
    constructor(view: EditorView) {
      this.decorations = components.createDeco(view)
    }

    update(update: ViewUpdate): void {
      this.decorations = components.updateDeco(update, this.decorations)
    }
  },
  { decorations: (plugin) => plugin.decorations },
)

/** Tab indents; who works with the keyboard leaves by Escape, then Tab. */
export const LEAVE_HINT = 'Tab indents. To leave the editor, press Escape, then Tab.'

/** The editor's style element is let through by the nonce of the page. */
function nonce(): Extension {
  const value = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce
  return value ? EditorView.cspNonce.of(value) : []
}

/** All but what an editor holds and who hears of its changes. */
export function basics(label: string): Extension {
  return [
    nonce(),
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
    yamlFrontmatter({ content: markdown({ base: markdownLanguage }) }),
    syntaxHighlighting(colours),
    componentMarks,
    look,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': `${label}. ${LEAVE_HINT}`, spellcheck: 'true', tabindex: '0' }),
  ]
}
