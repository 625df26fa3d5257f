import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { fetchSchemas, SCHEMAS } from '../../scripts/schemas.ts'

// While this file is loaded, so that no test’s time runs out over it.
fetchSchemas()

/** What a schema of the schemas' folder has against a value, one sentence each; `part` names one of its definitions. */
export function schemaErrors(schema: string, value: unknown, part?: string): readonly string[] {
  const validate = compiled(schema, part)
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

const known = new Map<string, ValidateFunction>()

function compiled(schema: string, part: string | undefined): ValidateFunction {
  const key = `${schema}#${part}`
  const found = known.get(key) ?? compile(schema, part)
  known.set(key, found)
  return found
}

function compile(schema: string, part: string | undefined): ValidateFunction {
  const { $id, ...whole } = JSON.parse(readFileSync(`${SCHEMAS}/${schema}.json`, 'utf8'))
  const options = { strict: false, validateFormats: false, allErrors: true }
  const ajv = whole.$schema?.includes('2020') ? new Ajv2020(options) : new Ajv(options)
  ajv.addSchema(whole, schema)
  return ajv.compile({ $ref: part === undefined ? schema : `${schema}#/$defs/${part}` })
}
