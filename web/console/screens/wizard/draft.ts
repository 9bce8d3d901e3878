import { reactive, watch } from 'vue'
import type { PresetName } from './presets'

export type Source = 'upload' | 'existing' | 'sample' | 'none'

/** What has been typed into the wizard, and what of it has been made already. */
export interface Draft {
  /** Names all creations of this run: repeating one makes nothing twice. */
  run: string
  preset: PresetName
  name: string
  /** Of a public portal: whether what is added later is public too. */
  newOnesPublic: boolean
  source: Source
  fileName: string
  specification: string
  apiName: string
  apiVersion: string
  existing: { id: string; name: string } | null
  made: {
    portalId?: string
    content?: boolean
    apiId?: string
    published?: boolean
    settled?: boolean
  }
}

const KEY = 'portico.new-portal'
let held: Draft | undefined

function fresh(): Draft {
  return {
    run: crypto.randomUUID(),
    preset: 'private',
    name: '',
    newOnesPublic: false,
    source: 'upload',
    fileName: '',
    specification: '',
    apiName: '',
    apiVersion: '',
    existing: null,
    made: {},
  }
}

function read(): Draft {
  try {
    const stored = sessionStorage.getItem(KEY)
    if (stored) return { ...fresh(), ...(JSON.parse(stored) as Partial<Draft>) }
  } catch {
    // what cannot be read is as good as nothing
  }
  return fresh()
}

function write(draft: Draft): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft))
  } catch {
    // a tab keeps about 5 MB: a larger file stays in memory, the rest is kept
    sessionStorage.setItem(KEY, JSON.stringify({ ...draft, specification: '', fileName: '' }))
  }
}

/** The run under way, or a new one. It outlives leaving the wizard and reloading the page. */
export function useDraft(): Draft {
  // signing out empties the tab's storage, and with it what somebody else typed
  if (!held || !sessionStorage.getItem(KEY)) {
    held = reactive(read())
    write(held)
    watch(held, write)
  }
  return held
}

export function forgetDraft(): void {
  held = undefined
  sessionStorage.removeItem(KEY)
}
