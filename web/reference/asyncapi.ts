import { AvroSchemaParser } from '@asyncapi/avro-schema-parser'
import { applyUniqueIds, customOperations } from '@asyncapi/parser/esm/custom-operations'
import { createAsyncAPIDocument } from '@asyncapi/parser/esm/document'
import type { AsyncAPIDocumentInterface } from '@asyncapi/parser/esm/models'
import type { Parser } from '@asyncapi/parser/esm/parser'
import type { ParseSchemaInput, SchemaParser } from '@asyncapi/parser/esm/schema-parser'
import { createDetailedAsyncAPI } from '@asyncapi/parser/esm/utils'
import toJsonSchema from '@openapi-contrib/openapi-schema-to-json-schema'

/**
 * AsyncAPI without validation: documents were validated when they were uploaded, and the parser's validators
 * are compiled from strings, which the content security policy forbids. The models are the parser's own.
 */

const avro = AvroSchemaParser()

const openApiSchema: Pick<SchemaParser, 'parse'> = {
  parse: ({ data }: ParseSchemaInput) => toJsonSchema(data as Record<string, unknown>, { cloneSchema: true }) as never,
}

const formats = new Map<string, Pick<SchemaParser, 'parse'>>(avro.getMimeTypes().map((type) => [type, avro]))
for (const encoding of ['', '+json', '+yaml']) {
  formats.set(`application/vnd.oai.openapi${encoding};version=3.0.0`, openApiSchema)
}

// The registry is all that the parser's steps after validation use of a parser.
const parser = { parserRegistry: formats } as unknown as Parser

export const asyncApiParser = {
  /** `resolved` is a document without references. */
  async parse(resolved: { asyncapi: string }): Promise<{ document: AsyncAPIDocumentInterface }> {
    applyUniqueIds(resolved)
    const detailed = createDetailedAsyncAPI(resolved as never, resolved as never)
    const document = createAsyncAPIDocument(detailed)
    await customOperations(parser, document, detailed, undefined as never, { applyTraits: true, parseSchemas: true })
    return { document }
  },
}
