import * as z from 'zod/mini'
import type { NodeCondition } from '../../../base/node.ts'

const CONDITIONS = ['gpu', 'cpu', 'amd64', 'arm64'] as const satisfies readonly NodeCondition[]

const text = z.string('must be a text')
const textOrNumber = z.union([z.string(), z.number()], 'must be a text')
const flag = z.union([z.boolean(), z.enum(['on', 'off', 'yes', 'no'])], 'must be true or false')
const condition = z.enum(CONDITIONS, `must be ${CONDITIONS.join(', ')}, or a list of those`)
const line = z
  .string('must be a list of texts')
  .check(z.regex(/^\S[^\r\n]*$/, 'must have one line in each text'))

/** The mapping form of one entry. */
export const mappingSchema = z.strictObject({
  registry: z.optional(text),
  version: z.optional(textOrNumber),
  git: z.optional(text),
  ref: z.optional(textOrNumber),
  zip: z.optional(text),
  sha256: z.optional(textOrNumber),
  path: z.optional(text),
  folder: z.optional(textOrNumber),
  enabled: z.optional(flag),
  required: z.optional(flag),
  'only-if': z.optional(
    z.union([condition, z.array(condition)], `must be ${CONDITIONS.join(', ')}, or a list of those`),
  ),
  env: z.optional(
    z.record(
      z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must have names of variables as keys')),
      z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number, true or false'),
      'must be a mapping of names to texts',
    ),
  ),
  requirements: z.optional(z.array(line, 'must be a list of texts')),
})

/** An entry as it is written in a manifest. */
export type WrittenMapping = z.output<typeof mappingSchema>

/** An entry as it is written in a manifest, in its short form or as a mapping. */
export type WrittenEntry = string | WrittenMapping

/** A key of an entry. */
export type EntryKey = keyof WrittenMapping

/** A whole manifest. */
export const manifestSchema = z.strictObject({
  version: z.optional(z.literal(1)),
  nodes: z.optional(z.nullable(z.array(z.union([z.string(), mappingSchema])))),
})

/** What each key means, in a sentence, with an example in YAML. */
export const KEY_TEXTS: Readonly<Record<EntryKey, { readonly about: string; readonly example: string }>> = {
  registry: { about: 'Id of a node in the Comfy Registry.', example: 'registry: comfyui-kjnodes' },
  version: {
    about:
      'Version of a `registry` node; without it the newest one, once, and from then on what the lock says.',
    example: 'version: 1.2.0',
  },
  git: {
    about: 'Repository: `owner/repository` on GitHub, or a URL with https, http, ssh, git or file.',
    example: 'git: https://github.com/rgthree/rgthree-comfy',
  },
  ref: {
    about: 'Branch, tag or commit of a `git` node; without it the repository’s own branch.',
    example: 'ref: v1.0.2',
  },
  zip: {
    about: 'URL of an archive with the node’s files, or with one folder that holds them.',
    example: 'zip: https://example.org/my-node.zip',
  },
  sha256: {
    about: 'SHA-256 of the `zip`, which is needed: nothing else is unpacked.',
    example: 'sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  },
  path: {
    about:
      'A folder on this machine, which is linked and not copied; relative to the folder of the manifest.',
    example: 'path: ../my-node',
  },
  folder: {
    about:
      'Name of the folder in custom_nodes; without it the repository’s, the id, or the last part of the address.',
    example: 'folder: my-node',
  },
  enabled: {
    about:
      'false: ComfyUI does not load the node; `folder` and `enabled: false` alone switch off what an earlier file asks for.',
    example: 'enabled: false',
  },
  required: { about: 'true: ComfyUI is not started without the node.', example: 'required: true' },
  'only-if': {
    about: 'gpu, cpu, amd64 or arm64, or a list of those that all must hold: elsewhere the node is left out.',
    example: 'only-if: [gpu, amd64]',
  },
  env: { about: 'Variables for the node’s install script.', example: 'env: { MAX_JOBS: 4 }' },
  requirements: {
    about: 'Requirement lines that stand in for the node’s own requirements.txt.',
    example: 'requirements: [einops, opencv-python-headless]',
  },
}
