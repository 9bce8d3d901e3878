import { all, api as service } from '../../api/client'
import type { Portal, Schemas } from '../../api/types'
import { confirm } from '../../composables/confirm'
import { overwrite } from '../../composables/overwrite'
import { attempt } from '../../composables/toasts'
import { portalAddress } from '../portals/portal'

export type Publication = Schemas['PublicationOut']
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

/** How a publication is approved, in words. */
export function approval(portal: Portal, publication: Omit<Publication, 'warnings'>): string {
  if (!publication.auth_strategy_ids) return '–'
  return publication.auto_approve_registrations || portal.auto_approve_applications ? 'At once' : 'By an admin'
}

export function valuesOf(publication: Omit<Publication, 'warnings'>) {
  return {
    visibility: publication.visibility as string,
    strategy: publication.auth_strategy_ids?.[0] ?? '',
    auto_approve_registrations: publication.auto_approve_registrations,
  }
}

export function addressOf(portal: Portal, slug: string | null): string {
  return `${portalAddress(portal)}apis/${slug}`
}

export function readPublication(apiId: string, portalId: string): Promise<Publication> {
  return service.get('/v3/apis/{apiId}/publications/{portalId}', { path: { apiId, portalId } })
}

/** Asks, and takes an API away from a portal. */
export async function unpublish(of: { id: string; name: string }, portal: Portal): Promise<void> {
  const sure = await confirm({
    title: `Unpublish from ${portal.name}?`,
    text: `${of.name} is gone from ${portal.default_domain} at once. The API itself stays, and may be published again.`,
    action: 'Unpublish',
    danger: true,
  })
  if (!sure) return
  const path = { apiId: of.id, portalId: portal.id }
  const read = (): Promise<Publication> => readPublication(of.id, portal.id)
  await attempt(async () => {
    await overwrite({
      seen: await read(),
      read,
      write: (since) => service.delete('/v3/apis/{apiId}/publications/{portalId}', { path, since }),
      now: (latest) => `It is ${latest.visibility} there now.`,
      action: 'Unpublish all the same',
      done: `No longer published to ${portal.name}`,
    })
  })
}
