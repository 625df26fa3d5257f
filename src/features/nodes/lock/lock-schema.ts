import * as z from 'zod/mini'
import { hasSecret } from '../manifest/addresses.ts'
import { folderFault } from '../manifest/folder-name.ts'

const text = z.string('must be a text')
const sha256 = z.string('must be a text').check(z.regex(/^[0-9a-f]{64}$/, 'must have 64 hexadecimal digits'))
const url = z
  .string('must be a text')
  .check(z.refine((address) => !hasSecret(address), 'must not hold a password or a token'))
const folder = z
  .string('must be a text')
  .check(
    z.refine((name) => folderFault(name) === undefined, 'must be a name for a folder that ComfyUI loads'),
  )

const source = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('git'), url, ref: z.optional(text) }),
    z.strictObject({ kind: z.literal('registry'), id: text, version: z.optional(text) }),
    z.strictObject({ kind: z.literal('zip'), url, sha256 }),
    z.strictObject({ kind: z.literal('path'), path: text }),
  ],
  { error: 'must have a kind: git, registry, zip or path' },
)

/** One node of a lock. */
export const lockedNodeSchema = z.strictObject({
  folder,
  source,
  commit: z.optional(
    z
      .string('must be a text')
      .check(
        z.regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'must be a whole commit of 40 or 64 hexadecimal digits'),
      ),
  ),
  version: z.optional(text),
  archive: z.optional(z.strictObject({ url, sha256 })),
  tree: z.optional(sha256),
})

/** One Python package of a lock. */
const packageSchema = z.strictObject({
  name: z.string('must be a text').check(z.regex(/^[A-Za-z0-9][\w.-]*$/, 'must be the name of a package')),
  version: z.string('must be a text').check(z.regex(/^[\w.!+-]+$/, 'must be a version')),
  for: z.array(text, 'must be a list of texts'),
})

/** A whole lock, version 1. */
export const lockSchema = z.strictObject({
  version: z.literal(1, 'must be 1'),
  comfyui: z.optional(z.strictObject({ version: z.optional(text), commit: z.optional(text) })),
  identity: z.optional(
    z.strictObject({
      python: text,
      arch: text,
      torch: z.optional(text),
      cuda: z.optional(text),
      image: text,
    }),
  ),
  nodes: z.array(lockedNodeSchema, 'must be a list'),
  packages: z.array(packageSchema, 'must be a list'),
})

/** A lock as its file holds it: what is undefined in a `NodesLock` is absent. */
export type WrittenLock = z.output<typeof lockSchema>

/** Names of all keys that a lock has, for guessing which one a wrong one was to be. */
export const LOCK_KEYS: readonly string[] = [
  ...Object.keys(lockSchema.shape),
  ...Object.keys(lockedNodeSchema.shape),
  ...Object.keys(packageSchema.shape),
  ...['url', 'ref', 'id', 'sha256', 'path', 'kind', 'python', 'arch', 'torch', 'cuda', 'image'],
]
