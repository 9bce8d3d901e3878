/*
 * Calls the management API. Paths, parameters, bodies and answers are typed by schema.d.ts, which is made from the
 * service's own description (`make types`):
 *
 *   const portal = await api.get('/v3/portals/{portalId}', { path: { portalId } })
 *   await api.patch('/v3/portals/{portalId}', { path: { portalId }, body: { name }, since: portal })
 *
 * Every failure is a Problem.
 */
import { toRaw } from 'vue'
import { digest, pack, queryText } from './body'
import { Problem, problemOf } from './problem'
import { session, signOut } from './session'
import { transfer } from './transfer'
import type { Arguments, Common, Method, OperationAt, PathsWith, Result, Schemas } from './types'

/** Which revision of a thing an answer showed. */
const tags = new WeakMap<object, string>()

type Progress = Common['progress']

interface Sent extends Common {
  path?: Record<string, string>
  query?: object
  body?: unknown
  token?: string
}

async function send(method: string, template: string, options?: Sent): Promise<unknown> {
  return read(await exchange(method, template, options))
}

async function exchange(method: string, template: string, options: Sent = {}): Promise<Response> {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options.path?.[name] ?? ''))
  const headers: Record<string, string> = {}
  const token = options.token ?? session.token
  if (token) headers.Authorization = `Bearer ${token}`
  const seen = options.since && tags.get(toRaw(options.since))
  if (seen) headers['If-Match'] = seen
  let data: BodyInit | undefined
  let progress: Progress
  const text = options.body === undefined ? '' : JSON.stringify(options.body)
  if (options.once) headers['Idempotency-Key'] = `${options.once}.${await digest(text)}`
  if (text) {
    const packed = await pack(text)
    if (packed.upload) headers['X-Portico-Upload'] = await upload(packed.data, options)
    else {
      data = packed.data
      if (packed.large) progress = options.progress
      Object.assign(headers, packed.headers)
    }
  }
  const init: RequestInit = { method: method.toUpperCase(), headers, credentials: 'omit', cache: 'no-store' }
  if (data !== undefined) init.body = data
  if (options.signal) init.signal = options.signal
  const answer = await reach(path + queryText(options.query), init, progress)
  if (answer.status === 401 && options.token === undefined) signOut({ ended: true })
  if (!answer.ok) throw await problemOf(answer)
  return answer
}

async function reach(url: string, init: RequestInit, progress?: Progress): Promise<Response> {
  try {
    return await (progress ? transfer(url, init, progress) : fetch(url, init))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'No connection', 'The service cannot be reached. Check your connection, then try again.')
  }
}

async function read(answer: Response): Promise<unknown> {
  const text = await answer.text()
  if (!text) return undefined
  const found: unknown = JSON.parse(text)
  const tag = answer.headers.get('ETag')
  if (tag && typeof found === 'object' && found !== null) tags.set(found, tag)
  return found
}

/** Puts a packed body at an address of its own. Returns the name under which a request then takes it. */
async function upload(data: BodyInit, { progress, signal }: Sent): Promise<string> {
  const { id, url } = await api.post('/portico/v1/uploads')
  const init: RequestInit = { method: 'PUT', body: data, credentials: 'omit', mode: 'cors' }
  if (signal) init.signal = signal
  const answer = await reach(url, init, progress)
  if (!answer.ok) throw new Problem(answer.status, 'Upload failed', 'The file could not be uploaded. Try again.')
  return id
}

function caller<M extends Method>(method: M) {
  return <P extends PathsWith<M>>(
    path: P,
    ...[options]: Arguments<OperationAt<P, M>>
  ): Promise<Result<OperationAt<P, M>>> =>
    send(method, path, options as Sent | undefined) as Promise<Result<OperationAt<P, M>>>
}

export const api = {
  get: caller('get'),
  post: caller('post'),
  put: caller('put'),
  patch: caller('patch'),
  delete: caller('delete'),
  /** What is no JSON, such as an image. */
  file: async <P extends PathsWith<'get'>>(path: P, ...[options]: Arguments<OperationAt<P, 'get'>>): Promise<Blob> =>
    (await exchange('get', path, options as Sent | undefined)).blob(),
  /** A session for what somebody came back with from the sign-in page, whoever is signed in. */
  begin: (body: Schemas['CreateSession']) =>
    send('post', '/portico/v1/sessions', { body, token: '' }) as Promise<Schemas['SessionOut']>,
  /** Who a token stands for, whoever is signed in. */
  who: (token: string) => send('get', '/v3/users/me', { token }) as Promise<Result<OperationAt<'/v3/users/me', 'get'>>>,
}

/** Whether somebody has changed a thing between two answers that showed it. */
export function changed(before: object, now: object): boolean {
  return tags.get(toRaw(before)) !== tags.get(toRaw(now))
}

/** All items of a list, page after page. */
export async function all<T>(
  page: (query: { 'page[size]': number; 'page[number]': number }) => Promise<{ data: T[]; meta: { page: { total: number } } }>,
): Promise<T[]> {
  const found: T[] = []
  for (let number = 1; ; number += 1) {
    const { data, meta } = await page({ 'page[size]': 100, 'page[number]': number })
    found.push(...data)
    if (found.length >= meta.page.total || !data.length) return found
  }
}
