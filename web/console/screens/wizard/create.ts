import { api } from '../../api/client'
import type { Draft } from './draft'
import { PRESETS } from './presets'
import sample from './sample.yaml?raw'

/** What a run has to do. Each step is passed over once it has been done, and may be repeated safely. */
interface Step {
  /** What is being made, for whoever waits or reads what failed. */
  what: string
  wanted: (draft: Draft) => boolean
  done: (draft: Draft) => boolean
  /** What exists after it, for whoever reads what failed after it. */
  exists?: (draft: Draft) => string
  carryOut: (draft: Draft) => Promise<void>
}

const specification = (draft: Draft): string => (draft.source === 'sample' ? sample : draft.specification)
const portalPath = (draft: Draft) => ({ portalId: draft.made.portalId! })
const makesApi = (draft: Draft): boolean => draft.source === 'upload' || draft.source === 'sample'

const portal: Step = {
  what: 'the portal',
  wanted: () => true,
  done: ({ made }) => !!made.portalId,
  exists: ({ name }) => `the portal “${name}”`,
  async carryOut(draft) {
    const { portal, first } = PRESETS[draft.preset]
    // default pages are as visible as pages are by default: that is set back once they are there
    const body = { ...portal, name: draft.name.trim(), default_page_visibility: first }
    draft.made.portalId = (await api.post('/v3/portals', { body, once: `${draft.run}.portal` })).id
  },
}

const firstPages: Step = {
  what: 'its first pages',
  wanted: () => true,
  done: ({ made }) => !!made.content,
  exists: () => 'its first pages',
  async carryOut(draft) {
    await api.post('/v3/portals/{portalId}/default-content', { path: portalPath(draft) })
    draft.made.content = true
  },
}

const settings: Step = {
  what: 'its settings',
  wanted: ({ preset }) => preset === 'public',
  done: ({ made }) => !!made.settled,
  async carryOut(draft) {
    const visibility = draft.newOnesPublic ? 'public' : PRESETS[draft.preset].portal.default_page_visibility!
    const body = { default_page_visibility: visibility, default_api_visibility: visibility }
    await api.patch('/v3/portals/{portalId}', { path: portalPath(draft), body })
    draft.made.settled = true
  },
}

const firstApi: Step = {
  what: 'the API',
  wanted: makesApi,
  done: ({ made }) => !!made.apiId,
  exists: ({ apiName }) => `the API “${apiName}”`,
  async carryOut(draft) {
    const body = {
      name: draft.apiName.trim(),
      ...(draft.apiVersion.trim() ? { version: draft.apiVersion.trim() } : {}),
      spec_content: specification(draft),
    }
    draft.made.apiId = (await api.post('/v3/apis', { body, once: `${draft.run}.api` })).id
  },
}

const publication: Step = {
  what: 'the publication',
  wanted: (draft) => makesApi(draft) || (draft.source === 'existing' && draft.existing !== null),
  done: ({ made }) => !!made.published,
  async carryOut(draft) {
    const apiId = makesApi(draft) ? draft.made.apiId! : draft.existing!.id
    const body = { visibility: PRESETS[draft.preset].first }
    await api.put('/v3/apis/{apiId}/publications/{portalId}', { path: { apiId, ...portalPath(draft) }, body })
    draft.made.published = true
  },
}

/** One after the other. What stands beside each other is under way together: a large specification takes its time. */
const STAGES: Step[][][] = [[[portal]], [[firstPages, settings], [firstApi]], [[publication]]]
const STEPS = STAGES.flat(2)

/** A step failed: which, and of what. */
export class Interrupted extends Error {
  constructor(
    readonly what: string,
    override readonly cause: unknown,
  ) {
    super(what)
  }
}

/** Does what is left to do. `tell`: what is being made now. Raises Interrupted. */
export async function create(draft: Draft, tell: (what: string) => void): Promise<void> {
  async function run(lane: Step[]): Promise<void> {
    for (const step of lane.filter(({ wanted, done }) => wanted(draft) && !done(draft))) {
      tell(step.what)
      await step.carryOut(draft).catch((error: unknown) => {
        throw new Interrupted(step.what, error)
      })
    }
  }
  for (const lanes of STAGES) {
    // what is under way beside a failure is waited for: it may well succeed
    const ended = await Promise.allSettled(lanes.map(run))
    for (const one of ended) if (one.status === 'rejected') throw one.reason
  }
}

/** What of a run exists, in words. */
export function existing(draft: Draft): string[] {
  return STEPS.filter(({ wanted, done }) => wanted(draft) && done(draft)).flatMap(({ exists }) => exists?.(draft) ?? [])
}
