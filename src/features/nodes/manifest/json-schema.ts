import * as z from 'zod/mini'
import { lockSchema } from '../lock/lock-schema.ts'
import { type EntryKey, KEY_TEXTS, manifestSchema, mappingSchema } from './keys.ts'

/** Part of a JSON schema. */
export type JsonSchema = { readonly [name: string]: unknown }

/** JSON schema of a manifest, made from the schema that reads one; editors use it for hints and checks. */
export function manifestJsonSchema(): JsonSchema {
  const { properties } = z.toJSONSchema(mappingSchema, { io: 'input' })
  const described = Object.entries(properties ?? {}).map(([key, schema]) => [
    key,
    { description: KEY_TEXTS[key as EntryKey].about, ...(typeof schema === 'object' ? schema : {}) },
  ])
  const mapping = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(described),
    oneOf: [
      { required: ['registry'] },
      { required: ['git'] },
      { required: ['zip', 'sha256'] },
      { required: ['path'] },
      {
        required: ['folder', 'enabled'],
        properties: { enabled: { enum: [false, 'off', 'no'] }, ...NO_SOURCE },
      },
    ],
    dependentRequired: { version: ['registry'], ref: ['git'], sha256: ['zip'] },
  }
  const { version } = z.toJSONSchema(manifestSchema, { io: 'input' }).properties ?? {}
  return {
    $schema: DRAFT,
    title: 'comfy-init nodes.yaml',
    type: 'object',
    additionalProperties: false,
    properties: {
      version,
      nodes: {
        description: 'Custom nodes that are wanted, in order.',
        type: ['array', 'null'],
        items: { anyOf: [{ type: 'string', description: SHORT }, mapping] },
      },
    },
  }
}

/** JSON schema of a lock, made from the schema that reads one. */
export function lockJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(lockSchema, { io: 'input' })
  return { $schema: $schema ?? DRAFT, title: 'comfy-init nodes.lock.json', ...schema }
}

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

const NO_SOURCE = { registry: false, git: false, zip: false, path: false }

const SHORT =
  'owner/repository[@ref], a repository’s URL with @ref, a .zip URL with #sha256=…, an absolute path, or an id of the registry with @version.'
