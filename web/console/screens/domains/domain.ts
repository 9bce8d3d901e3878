import { api } from '../../api/client'
import { Problem } from '../../api/problem'
import type { Schemas } from '../../api/types'

export type CustomDomain = Schemas['CustomDomainOut']
export type Status = Schemas['DomainStatusOut']

export interface Found {
  domain: CustomDomain
  status: Status
}

/** A portal's custom domain and how far it has come; null where it has none. */
export async function find(portalId: string, signal?: AbortSignal): Promise<Found | null> {
  const path = { portalId }
  try {
    const [domain, status] = await Promise.all([
      api.get('/v3/portals/{portalId}/custom-domain', { path, signal }),
      api.get('/portico/v1/portals/{portalId}/custom-domain', { path, signal }),
    ])
    return { domain, status }
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null
    throw error
  }
}

export const NAMES: Record<Status['state'], string> = {
  disabled: 'Switched off',
  waiting_for_dns: 'Waiting for DNS',
  releasing: 'Being released',
  issuing_certificate: 'Certificate being issued',
  deploying: 'Being set up',
  active: 'Active',
  failed: 'Needs you',
}

/** Nothing is expected to change by itself. */
export function settled({ state }: Status): boolean {
  return state === 'active' || state === 'disabled'
}

export interface Certificate {
  certificate: string
  key: string
  skip: boolean
}

export const NONE: Certificate = { certificate: '', key: '', skip: false }

/** Names of the wire → names in a form with a certificate. */
export const FIELDS = { 'ssl.custom_certificate': 'certificate', 'ssl.custom_private_key': 'key' }

export function bodyOf({ certificate, key, skip }: Certificate) {
  return { custom_certificate: certificate, custom_private_key: key, skip_ca_check: skip }
}
