import { parsedDocument, parseSpecDocument, tableOfContents } from '@kong/spec-renderer'
import type { ServiceNode, TableOfContentsItem } from '@kong/spec-renderer'
import '@kong/spec-renderer/dist/style.css'
import { createApp, markRaw, toRaw } from 'vue'
import { keepAccessible } from './accessibility'
import { withTagGroups } from './contents'
import { dropRepeatedOperationIds } from './operation-ids'
import { type ReferenceOptions, readOptions } from './options'
import Reference from './Reference.vue'
import { resolveReferences } from './references'
import { currentSection } from './sections'
// After the renderer's, which it changes.
import './reference.css'

/**
 * Shows the interactive API reference in `#api-reference` in place of the operations the server listed there.
 * They stay, with a message above them, when the document cannot be fetched or read.
 */

async function fetchDocument(url: string): Promise<unknown> {
  const response = await fetch(url, { headers: { accept: 'application/json, application/yaml;q=0.9, text/*;q=0.8' } })
  if (!response.ok) {
    throw new Error(`The document could not be fetched: status ${response.status}.`)
  }
  const text = await response.text()
  if (text.trimStart().startsWith('{')) {
    return JSON.parse(text)
  }
  const { CORE_SCHEMA, load } = await import('js-yaml')
  return load(text, { schema: CORE_SCHEMA })
}

async function showReference(element: HTMLElement, options: ReferenceOptions): Promise<void> {
  // Marked raw, because tracking changes of a large document that never changes takes longer than showing it.
  const source = markRaw(resolveReferences(await fetchDocument(options.specUrl)) as object)
  dropRepeatedOperationIds(source)
  // The renderer takes an object as well as a text, though its types say text.
  await parseSpecDocument(source as unknown as string, {
    hideSchemas: !options.settings.show_schemas,
    hideInternal: options.settings.hide_internal,
    hideDeprecated: options.settings.hide_deprecated,
  })
  const document = parsedDocument.value && markRaw(toRaw(parsedDocument.value as ServiceNode))
  const contents = tableOfContents.value && withTagGroups(tableOfContents.value as TableOfContentsItem[], source)
  if (!document || !contents) {
    throw new Error('The document could not be read.')
  }
  // Sections of AsyncAPI documents have no tags, though the renderer looks for some when it knows no section.
  document.children.forEach((child) => (child.tags ??= []))

  const listed = [...element.childNodes]
  const section = currentSection(document)
  const app = createApp(Reference, { document, contents, options, section })
  const failed = new Promise<never>((_, reject) => {
    app.config.errorHandler = reject
  })
  element.replaceChildren()
  try {
    app.mount(element)
    await Promise.race([failed, new Promise(requestAnimationFrame)])
  } catch (error) {
    app.unmount()
    element.replaceChildren(...listed)
    throw error
  }
  app.config.errorHandler = (error) => console.error(error)
  keepAccessible(element)
}

const element = document.getElementById('api-reference')
if (element) {
  showReference(element, readOptions(element)).catch((error: unknown) => {
    console.error(error)
    const message = document.createElement('p')
    message.className = 'ref-message'
    message.setAttribute('role', 'status')
    message.textContent = 'The interactive reference could not be shown. The operations are listed below.'
    element.prepend(message)
  }).finally(() => element.setAttribute('data-state', element.querySelector('.ref-app') ? 'ready' : 'failed'))
}
