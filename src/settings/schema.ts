import { type OptionKey, optionKeys, optionOf } from './settings.ts'

/** Part of a JSON schema. */
export type JsonSchema = { readonly [name: string]: unknown }

/** What a file may hold for each `value` of the table that is not a list of words. */
const BY_VALUE: Readonly<Record<string, JsonSchema>> = {
  DIR: { type: 'string', pattern: '^/' },
  FILE: { type: 'string', pattern: '^/' },
  NAME: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' },
  ADDRESS: { type: 'string', pattern: '^[0-9A-Za-z.:_-]+$' },
  TOKEN: { type: 'string', minLength: 1 },
  URL: { type: 'string', pattern: '^https?://' },
  'URL…': { type: 'string', minLength: 1 },
  PORT: { type: 'integer', minimum: 1, maximum: 65535 },
  UID: { type: 'integer', minimum: 0, maximum: 4294967294 },
  GID: { type: 'integer', minimum: 0, maximum: 4294967294 },
  N: { type: 'integer', minimum: 1, maximum: 1000000 },
  OCTAL: { type: ['string', 'integer'], pattern: '^0?[0-7]{1,3}$' },
  DAYS: { type: 'integer', minimum: 1, maximum: 3650 },
  'SIGNAL:SECONDS…': { type: 'string', pattern: '[Kk][Ii][Ll]{2}:[0-9.]+$' },
  SECONDS: { type: ['string', 'number'], pattern: '^\\d+(\\.\\d+)?(ms|s|m)?$', minimum: 0 },
}

const LIST: JsonSchema = { type: ['string', 'array'], items: { type: 'string' } }

/** JSON schema of a settings file, made from the option table; editors use it for hints and checks. */
export function settingsFileSchema(): JsonSchema {
  const keys = optionKeys.filter((key) => optionOf(key).only === undefined)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'comfy-init settings file',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(keys.map((key) => [optionOf(key).flag, propertyOf(key)])),
  }
}

function propertyOf(key: OptionKey): JsonSchema {
  const { about, value, why, list } = optionOf(key)
  const description = `${about} Default: ${why}.`
  if (list) return { description, ...LIST }
  const words = value.split('|')
  if (words.length === 1) return { description, ...BY_VALUE[value] }
  // What is written on|off may be true and false as well.
  return { description, enum: value === 'on|off' ? [...words, true, false] : words }
}
