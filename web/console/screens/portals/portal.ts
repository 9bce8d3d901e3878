import { inject, provide, type InjectionKey, type ShallowRef } from 'vue'
import { all, api } from '../../api/client'
import type { Portal } from '../../api/types'

/** The portal whose tab is shown. */
export interface CurrentPortal {
  portal: Readonly<ShallowRef<Portal>>
  /** Takes what an operation answered for the portal as it is now. */
  show: (portal: Portal) => void
  reload: () => Promise<void>
}

const KEY: InjectionKey<CurrentPortal> = Symbol('portal')

export function providePortal(current: CurrentPortal): void {
  provide(KEY, current)
}

/** For tabs of a portal: the portal. */
export function usePortal(): CurrentPortal {
  const found = inject(KEY)
  if (!found) throw new Error('usePortal is for tabs of a portal')
  return found
}

export function portalAddress(portal: Pick<Portal, 'default_domain'>): string {
  return `${location.protocol}//${portal.default_domain}/`
}

/** What each way is called in which applications prove who they are. */
export async function strategyNames(signal: AbortSignal): Promise<Map<string, string>> {
  const found = await all((query) => api.get('/v2/application-auth-strategies', { query, signal }))
  return new Map(found.map(({ id, display_name: name }) => [id, name]))
}
