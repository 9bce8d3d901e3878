type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/**
 * Takes the `operationId` from each operation that has the same as one before it. The renderer makes addresses
 * of them and would show the first in place of the others; without one, path and method make the address.
 */
export function dropRepeatedOperationIds(document: object): void {
  for (const part of ['paths', 'webhooks']) {
    const seen = new Map<unknown, unknown>()
    for (const item of Object.values((document as Json)[part] ?? {}).filter(isObject)) {
      for (const operation of Object.values(item).filter(isObject)) {
        const id = operation.operationId
        // Two paths that refer to one item share its operations.
        if ((seen.get(id) ?? operation) !== operation) {
          delete operation.operationId
        } else if (id) {
          seen.set(id, operation)
        }
      }
    }
  }
}
