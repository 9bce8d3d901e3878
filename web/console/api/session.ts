import { computed, reactive, readonly } from 'vue'
import { forgetDrafts } from '../composables/draft'
import type { Me } from './types'

const KEY = 'portico.token'
const LEAVE = 'portico.sign-out'

export type Permission =
  | 'view'
  | 'edit_content'
  | 'manage_apis'
  | 'publish'
  | 'manage_developers'
  | 'manage_portals'
  | 'manage_strategies'
  | 'manage_organization'

/** Who works here. The token lives as long as the tab, and in this tab alone. */
const state = reactive({
  token: sessionStorage.getItem(KEY),
  me: null as Me | null,
  /** of an account: where the browser goes when it signs out */
  signOutUrl: sessionStorage.getItem(LEAVE),
  /** the service has refused it in the middle of the work */
  ended: false,
})

export const session = readonly(state)

export function signIn(token: string, me: Me, signOutUrl?: string): void {
  sessionStorage.setItem(KEY, token)
  if (signOutUrl) sessionStorage.setItem(LEAVE, signOutUrl)
  else sessionStorage.removeItem(LEAVE)
  Object.assign(state, { token, me, signOutUrl: signOutUrl ?? null, ended: false })
}

export function recognised(me: Me): void {
  state.me = me
}

export function signOut({ ended = false } = {}): void {
  // whoever leaves on purpose leaves no drafts behind; whoever is put out finds them again
  if (ended) sessionStorage.removeItem(KEY)
  else {
    sessionStorage.clear()
    forgetDrafts()
  }
  Object.assign(state, { token: null, me: null, ended })
  if (!ended) state.signOutUrl = null
}

/** Whether the role of whoever is signed in has a permission. */
export function can(permission: Permission): boolean {
  return state.me?.permissions.includes(permission) ?? false
}

export const roleName = computed(() =>
  (state.me?.roles ?? []).map((role) => role.replaceAll('_', ' ')).join(', '),
)
