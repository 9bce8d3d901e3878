import { inject, provide, type InjectionKey, type ShallowRef } from 'vue'
import type { Schemas } from '../../api/types'

export type Api = Schemas['ApiOut']

/** The API whose tab is shown. */
export interface CurrentApi {
  api: Readonly<ShallowRef<Api>>
  /** Takes what an operation answered for the API as it is now. */
  show: (api: Api) => void
  /** Reads it again: after something below it has changed. */
  reload: () => Promise<void>
}

const KEY: InjectionKey<CurrentApi> = Symbol('api')

export function provideApi(current: CurrentApi): void {
  provide(KEY, current)
}

/** For tabs of an API: the API. */
export function useApi(): CurrentApi {
  const found = inject(KEY)
  if (!found) throw new Error('useApi is for tabs of an API')
  return found
}

export const KINDS = { oas2: 'Swagger', oas3: 'OpenAPI', asyncapi: 'AsyncAPI' } as const

export function titleOf({ name, version }: Pick<Api, 'name' | 'version'>): string {
  return version ? `${name} ${version}` : name
}
