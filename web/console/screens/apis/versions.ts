import { api as service } from '../../api/client'
import type { Schemas } from '../../api/types'
import { confirm } from '../../composables/confirm'
import { overwrite } from '../../composables/overwrite'
import type { CurrentApi } from './api'

export type Overview = Schemas['VersionOverview']

type Holding = Pick<Overview, 'operations' | 'channels' | 'webhooks'>

/** `12 operations, 1 webhook` */
export function amountsOf({ operations, channels, webhooks }: Holding): string {
  const amounts: [number, string][] = [
    [operations, 'operation'],
    [channels, 'channel'],
    [webhooks, 'webhook'],
  ]
  return amounts
    .filter(([amount]) => amount)
    .map(([amount, what]) => `${amount} ${what}${amount === 1 ? '' : 's'}`)
    .join(', ')
}

/** Lets portals show another version first. */
export function makeCurrent({ api, show }: CurrentApi, version: string): Promise<boolean> {
  const path = { apiId: api.value.id }
  return overwrite({
    seen: api.value,
    read: () => service.get('/v3/apis/{apiId}', { path }),
    write: async (since) => show(await service.patch('/v3/apis/{apiId}', { path, body: { version }, since })),
    now: (latest) => `The current version is ${latest.version ?? 'none'} now.`,
    action: `Make ${version} current`,
    done: `${version} is shown first`,
  })
}

/** Asks and deletes a version. Returns whether it was done. */
export async function deleteVersion(apiId: string, version: Schemas['VersionOut'], current: boolean): Promise<boolean> {
  const path = { apiId, versionId: version.id }
  const sure = await confirm({
    title: `Delete version ${version.version}?`,
    text: 'It goes with its specification, from every portal. This cannot be undone.',
    ...(current ? { consequences: ['It is the current version: no version is shown first until another is made current.'] } : {}),
    action: 'Delete version',
    danger: true,
  })
  if (!sure) return false
  return overwrite({
    seen: version,
    read: () => service.get('/v3/apis/{apiId}/versions/{versionId}', { path }),
    write: (since) => service.delete('/v3/apis/{apiId}/versions/{versionId}', { path, since }),
    now: (latest) => `It is called ${latest.version} now, and may have another specification.`,
    action: 'Delete it all the same',
    done: `Version ${version.version} has been deleted`,
  })
}
