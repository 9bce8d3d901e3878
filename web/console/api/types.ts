import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type Portal = Schemas['PortalOut']
export type Me = Schemas['UserOut']

export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'

/** The paths that have an operation of this method. */
export type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never
}[keyof paths]

export type OperationAt<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never

type Json<C> = C extends { content: { 'application/json': infer B } } ? B : undefined
type Success<R> = R extends { 200: infer A } ? A : R extends { 201: infer A } ? A : never

/** What an operation answers; undefined where its answer has no body. */
export type Result<O> = O extends { responses: infer R } ? ([Success<R>] extends [never] ? undefined : Json<Success<R>>) : never

type PathOf<O> = O extends { parameters: { path: infer V } } ? { path: V } : { path?: undefined }
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? { query?: Q } : { query?: undefined }
type BodyOf<O> = O extends { requestBody: infer B }
  ? { body: Json<B> }
  : O extends { requestBody?: infer B }
    ? { body?: Json<NonNullable<B>> }
    : { body?: undefined }

export interface Common {
  /** What was read of the thing that this changes: if it has been changed since, the answer is a conflict. */
  since?: object
  /** Names this creation: the same name with the same body makes one thing, however often it is sent. */
  once?: string
  /** Hears how much of a large body has gone out, from 0 to 1. */
  progress?: (share: number) => void
  signal?: AbortSignal
}

export type Options<O> = PathOf<O> & QueryOf<O> & BodyOf<O> & Common
/** The options may be left out where nothing in them is required. */
export type Arguments<O> = Record<never, never> extends Options<O> ? [options?: Options<O>] : [options: Options<O>]
