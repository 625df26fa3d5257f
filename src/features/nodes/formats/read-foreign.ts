import { type Fields, fieldsIn } from '../../../base/json-fields.ts'
import { Problem } from '../../../base/problem.ts'
import { readYaml } from '../../../facts/yaml-value.ts'
import { mapping } from './fields.ts'
import type { Foreign } from './foreign.ts'
import { readComfyCli } from './read-comfy-cli.ts'
import { readDesktop } from './read-desktop.ts'
import { readManager } from './read-manager.ts'

/**
 * Reads what another program wrote about an instance’s nodes: a snapshot of ComfyUI-Manager (JSON or YAML), one of Comfy Desktop,
 * or a definition of comfy-cli. Which one it is shows in what it holds. Throws NODES_FORMAT_UNKNOWN.
 */
export function readForeign(text: string, path: string): Foreign {
  const value = valueIn(text, path)
  const read = [readManager, readDesktop, readComfyCli].map((each) => each(value))
  const found = read.find((each) => each !== undefined)
  if (found !== undefined) return found
  const keys = Object.keys(value).slice(0, 5).join(', ')
  throw unknown(path, `It has none of their keys; it begins with: ${keys === '' ? 'nothing' : keys}.`)
}

function valueIn(text: string, path: string): Fields {
  const fields = fieldsIn(text)
  if (fields !== undefined) return fields
  const read = readYaml(text)
  if ('fault' in read) throw unknown(path, `It is neither JSON nor YAML: ${read.fault}.`)
  const value = mapping(read.value)
  if (value === undefined) throw unknown(path, 'It is no mapping of names to values.')
  return value
}

function unknown(path: string, reason: string): Problem {
  return new Problem('NODES_FORMAT_UNKNOWN', { path, reason })
}
