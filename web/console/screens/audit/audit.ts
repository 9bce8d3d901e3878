import { api } from '../../api/client'
import type { Schemas } from '../../api/types'

export type Destination = Schemas['ShapeOut']
export type Status = Schemas['StatusOut']
export type Replay = Schemas['ReplayProgressOut']

export interface Webhook {
  audit_log_destination_id?: string
  enabled?: boolean
}

/** The place in a list that the address of its next page names. */
export function placeIn(address: string | null | undefined): string | undefined {
  return new URL(address ?? '', location.origin).searchParams.get('page[after]') ?? undefined
}

/** All destinations, newest first. */
export async function readDestinations(signal?: AbortSignal): Promise<Destination[]> {
  const found: Destination[] = []
  let after: string | undefined
  do {
    const query = { 'page[size]': 100, ...(after ? { 'page[after]': after } : {}) }
    const { data, meta } = await api.get('/portico/v1/audit-destinations', { query, ...(signal ? { signal } : {}) })
    found.push(...data)
    after = placeIn(meta.page.next)
  } while (after)
  return found
}

interface Span {
  start_at: string
  end_at: string
}

/** What is sent on of everything, or of one portal. */
export interface Scope {
  webhook: () => Promise<Webhook>
  change: (body: Schemas['UpdateWebhook'], since: Webhook) => Promise<Webhook>
  clear: (since: Webhook) => Promise<unknown>
  status: () => Promise<Status>
  replay: () => Promise<Replay>
  send: (body: Span) => Promise<unknown>
}

export function scopeOf(portalId: string | undefined): Scope {
  if (!portalId) {
    return {
      // its id is a UUID or empty, which the generated type does not say
      webhook: () => api.get('/v3/audit-log-webhook') as Promise<Webhook>,
      change: (body, since) => api.patch('/v3/audit-log-webhook', { body, since }) as Promise<Webhook>,
      clear: (since) => api.delete('/v3/audit-log-webhook', { since }),
      status: () => api.get('/v3/audit-log-webhook/status'),
      replay: () => api.get('/portico/v1/audit-replay'),
      send: (body) => api.put('/v3/audit-log-replay-job', { body }),
    }
  }
  const path = { portalId }
  return {
    webhook: () => api.get('/v3/portals/{portalId}/audit-log-webhook', { path }),
    change: (body, since) => api.patch('/v3/portals/{portalId}/audit-log-webhook', { path, body, since }),
    clear: (since) => api.delete('/v3/portals/{portalId}/audit-log-webhook', { path, since }),
    status: () => api.get('/v3/portals/{portalId}/audit-log-webhook/status', { path }),
    replay: () => api.get('/portico/v1/portals/{portalId}/audit-replay', { path }),
    send: (body) => api.put('/v3/portals/{portalId}/audit-log-replay-job', { path, body }),
  }
}
