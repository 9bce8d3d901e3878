/** A portal's `customization.spec_renderer`, as the management API has it; absent members have their defaults. */
export interface SpecRendererSettings {
  try_it_ui: boolean
  try_it_insomnia: boolean
  infinite_scroll: boolean
  show_schemas: boolean
  hide_internal: boolean
  hide_deprecated: boolean
  allow_custom_server_urls: boolean
}

const DEFAULTS: SpecRendererSettings = {
  try_it_ui: true,
  try_it_insomnia: true,
  infinite_scroll: true,
  show_schemas: true,
  hide_internal: false,
  hide_deprecated: false,
  allow_custom_server_urls: true,
}

/** What the server says about one reference, in `data-` attributes of its element. */
export interface ReferenceOptions {
  /** Where the cleaned document is, on this host. */
  specUrl: string
  /** Absolute URL of the document for other clients to fetch; empty unless the API is public. */
  publicUrl: string
  /** Path of the page; sections are its fragments. */
  basePath: string
  settings: SpecRendererSettings
}

export function readOptions(element: HTMLElement): ReferenceOptions {
  const { specUrl, publicUrl = '', basePath = location.pathname, options = '{}' } = element.dataset
  if (!specUrl) {
    throw new Error('The element of the API reference has no data-spec-url.')
  }
  return {
    specUrl,
    publicUrl,
    basePath,
    settings: { ...DEFAULTS, ...(JSON.parse(options) as Partial<SpecRendererSettings>) },
  }
}
