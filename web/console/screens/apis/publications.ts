import { all, api as service } from '../../api/client'
import type { Portal, Schemas } from '../../api/types'

export type Publication = Schemas['PublicationItem']
export type Strategy = Schemas['StrategyOut']

export interface Choices {
  portals: Portal[]
  strategies: Strategy[]
}

/** All portals by name, and all ways in which applications prove who they are. */
export async function readChoices(signal: AbortSignal): Promise<Choices> {
  const [portals, strategies] = await Promise.all([
    all((query) => service.get('/v3/portals', { query: { ...query, sort: 'name' }, signal })),
    all((query) => service.get('/v2/application-auth-strategies', { query: { ...query, sort: 'name' }, signal })),
  ])
  return { portals, strategies }
}

/** What a strategy is called, for people. */
export function strategyTitle({ strategies }: Choices, id: string | undefined): string {
  if (!id) return 'None'
  return strategies.find((one) => one.id === id)?.name ?? id
}

/** What of it will not be as it looks, on this portal. */
export function concerns(portal: Portal, values: { visibility: string; strategy: string; auto_approve_registrations: boolean }): string[] {
  const found: string[] = []
  if (!portal.authentication_enabled) {
    if (values.visibility === 'private') found.push(`Nobody sees it on ${portal.name}: it is private, and nobody can sign in there.`)
    if (values.strategy) found.push(`Nobody can sign in to ${portal.name}, so no application can be registered there.`)
  } else if (portal.auto_approve_applications && values.strategy && !values.auto_approve_registrations) {
    found.push(`${portal.name} approves all registrations at once, whatever is chosen here.`)
  }
  return found
}
