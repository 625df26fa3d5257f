import { existsSync } from 'node:fs'
import { embeddedFile } from '../embedded.ts'
import { type Extracted, extractInit } from './extract-init.ts'
import { proveInit } from './prove-init.ts'
import { findShell, shellArgv } from './shell-init.ts'

/** A proven program that runs a command as its child and reaps, and the argument list (argv[0] included) that does it. */
export type Candidate = {
  readonly kind: 'image' | 'embedded' | 'shell'
  readonly path: string
  readonly argv: (command: readonly string[]) => readonly string[]
}

/** Why a rung cannot be taken. */
export type Refusal = { readonly refused: string }

/** Where distributions, Docker and Podman put an init. */
export const imagePaths: readonly string[] = [
  '/usr/bin/tini-static',
  '/usr/bin/tini',
  '/sbin/tini',
  '/tini',
  '/usr/local/bin/tini',
  '/opt/conda/bin/tini',
  '/sbin/docker-init',
  '/usr/libexec/docker/docker-init',
  '/usr/bin/catatonit',
  '/usr/libexec/podman/catatonit',
  '/usr/bin/dumb-init',
  '/usr/local/bin/dumb-init',
]

/** The rungs of the ladder in order, each proven only when the one before it was refused:
 *  the init asked for, one in the image, the embedded tini, a shell. */
export function* candidates(wish: string): Generator<Candidate | Refusal> {
  if (wish.startsWith('/')) yield imageInit(wish)
  else if (wish !== 'auto' && wish !== 'embedded' && wish !== 'shell')
    yield { refused: `COMFY_REAPER is «${wish}», not auto, off, embedded, shell or a path` }
  if (wish !== 'embedded' && wish !== 'shell') {
    for (const path of imagePaths) if (existsSync(path)) yield imageInit(path)
  }
  if (wish !== 'shell') yield embeddedInit()
  yield shellInit()
}

function imageInit(path: string): Candidate | Refusal {
  const proof = proveInit(path)
  return 'refused' in proof
    ? { refused: `${path}: ${proof.refused}` }
    : initCandidate('image', { path, ...proof })
}

function embeddedInit(): Candidate | Refusal {
  const bytes = embeddedFile('tini')
  if (bytes === undefined) return { refused: 'no embedded tini' }
  const extracted = extractInit(bytes)
  return 'refused' in extracted ? extracted : initCandidate('embedded', extracted)
}

function initCandidate(kind: 'image' | 'embedded', init: Extracted): Candidate {
  return { kind, path: init.path, argv: (command) => [init.path, ...init.before, ...command] }
}

function shellInit(): Candidate | Refusal {
  const path = findShell()
  if (path === undefined) return { refused: 'no shell' }
  return { kind: 'shell', path, argv: (command) => shellArgv(path, command) }
}
