import { api } from './client'
import { Problem, sentence } from './problem'
import { session, signIn, signOut } from './session'
import type { Schemas } from './types'

/*
 * Signing in with an account: to the user pool's own pages and back with a code (OAuth 2.0 with PKCE, RFC 7636). What
 * proves that the answer belongs to the question stays in this tab until it is back.
 */

const KEY = 'portico.sign-in'

interface Pending {
  state: string
  nonce: string
  verifier: string
  then: string
}

export type Account = Schemas['AccountSignIn']

export interface Arrival {
  /** where one wanted to go */
  then: string
  /** why nobody is signed in; empty where somebody is */
  failure: string
  /** the pool knows who it is, and that account may nothing here */
  stranger: boolean
}

/** How people sign in with accounts here, null where they do not. */
export async function ways(): Promise<Account | null> {
  return (await api.get('/portico/v1/sign-in')).account
}

/** Leaves for the pool's sign-in page. */
export async function leave({ sign_in_url: url }: Account, then: string): Promise<void> {
  const pending: Pending = { state: random(), nonce: random(), verifier: random(), then }
  sessionStorage.setItem(KEY, JSON.stringify(pending))
  const address = new URL(url)
  address.searchParams.set('state', pending.state)
  address.searchParams.set('nonce', pending.nonce)
  address.searchParams.set('code_challenge', await challenge(pending.verifier))
  location.assign(address)
}

/** Whether an address is one that somebody comes back to from the pool. */
export function returned(query: URLSearchParams): boolean {
  return query.has('code') || query.has('error')
}

/** Goes on with what somebody came back with. */
export async function arrive(query: URLSearchParams): Promise<Arrival> {
  const pending = take()
  const then = pending?.then ?? ''
  if (!pending || query.get('state') !== pending.state) {
    const failure = 'This sign-in was not begun in this tab, or it has been used already. Sign in again.'
    return { then, failure, stranger: false }
  }
  const code = query.get('code')
  if (!code) return { then, failure: refusal(query), stranger: false }
  try {
    const account = await ways()
    const { token } = await api.begin({ code, code_verifier: pending.verifier, nonce: pending.nonce })
    signIn(token, await api.who(token), account?.sign_out_url)
    return { then, failure: '', stranger: false }
  } catch (error) {
    return { then, failure: sentence(error), stranger: error instanceof Problem && error.status === 403 }
  }
}

/** Signs out: an account everywhere, a token in this tab. Returns whether the browser leaves for the pool. */
export async function depart(): Promise<boolean> {
  const { signOutUrl } = session
  if (!signOutUrl) {
    signOut()
    return false
  }
  try {
    await api.delete('/portico/v1/sessions/current')
  } catch (error) {
    // what has ended already need not be ended
    if (!(error instanceof Problem && error.status === 401)) throw error
  }
  signOut()
  location.assign(signOutUrl)
  return true
}

function take(): Pending | null {
  const text = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  return text ? (JSON.parse(text) as Pending) : null
}

function refusal(query: URLSearchParams): string {
  const told = query.get('error_description') ?? query.get('error') ?? ''
  return query.get('error') === 'access_denied'
    ? 'You were not let in. Sign in again, or ask an admin for an invitation.'
    : `The sign-in page refused: ${told}. Sign in again.`
}

/** 256 random bits. */
function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

async function challenge(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
