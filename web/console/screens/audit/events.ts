import { api } from '../../api/client'
import type { OperationAt, Result } from '../../api/types'

export type Event = Result<OperationAt<'/portico/v1/audit-events', 'get'>>['data'][number]
export type Kind = Event['type']

export const KINDS: { value: Kind; title: string }[] = [
  { value: 'authentication', title: 'Logins' },
  { value: 'authorization', title: 'Permissions' },
  { value: 'gateway_access', title: 'Changes' },
]

const CREDENTIALS: Record<string, string> = {
  basic: 'Password',
  sso: 'Single sign-on',
  pat: 'Access token',
  spat: 'System token',
  google: 'Google',
  github: 'GitHub',
  windowslive: 'Microsoft',
  federated: 'Identity provider',
  invalid: 'No known credential',
}
const OUTCOMES: Record<string, string> = {
  success: 'Accepted',
  not_found: 'Unknown',
  invalid_password: 'Wrong',
  locked: 'Locked',
  disabled: 'Revoked',
  token_expired: 'Expired',
  invalid: 'Refused',
}

/** An event for people: what happened and how it ended. */
export function tell(event: Event): { what: string; detail: string; result: string; good: boolean } {
  if (event.type === 'authentication') {
    const what = CREDENTIALS[event.authentication_type] ?? event.authentication_type
    return { what, detail: event.uri, result: OUTCOMES[event.outcome] ?? event.outcome, good: event.successful }
  }
  if (event.type === 'authorization') {
    return { what: `Permission for ${event.action}`, detail: event.uri ?? '', result: event.granted ? 'Granted' : 'Refused', good: event.granted }
  }
  return {
    what: `${event.method} ${event.uri}`,
    detail: event.query && `?${event.query}`,
    result: String(event.status_code),
    good: event.status_code < 400,
  }
}

export interface Wish {
  text: string
  kind: Kind | ''
  failed: boolean
  from: string
  until: string
}

export function readEvents(wish: Wish, after: string | undefined, signal?: AbortSignal) {
  const ts = { ...(wish.from && { gte: wish.from }), ...(wish.until && { lte: wish.until }) }
  const filter = {
    ...(Object.keys(ts).length && { ts }),
    ...(wish.kind && { type: wish.kind }),
    ...(wish.text && { text: { contains: wish.text } }),
    ...(wish.failed && { failed: true }),
  }
  const query = { 'page[size]': 50, ...(after && { 'page[after]': after }), filter }
  return api.get('/portico/v1/audit-events', { query, ...(signal && { signal }) })
}
