import { dirname, resolve } from 'node:path'
import type { NodeFailure, PackageSource } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import { redact } from '../../base/secret.ts'
import type { Fs } from '../../host/fs.ts'
import { type Requirement, requirementLines } from './requirement-lines.ts'

/** What one node asks for, or why that cannot be told. */
export type NodeRequirements = {
  readonly source: PackageSource
  readonly lines: readonly Requirement[]
  readonly failure: NodeFailure | undefined
}

/** Reads what nodes require, in their files or in the lines that stand in for them, and what those files include. */
export function readRequirements(
  fs: Fs,
  sources: readonly PackageSource[],
): Promise<readonly NodeRequirements[]> {
  return Promise.all(sources.map((source) => readOne(fs, source)))
}

async function readOne(fs: Fs, source: PackageSource): Promise<NodeRequirements> {
  try {
    const reading = { fs, source, seen: new Set<string>() }
    const parts =
      source.requirements === undefined
        ? await Promise.all(source.requirementFiles.map((file) => readFile(reading, file)))
        : [await linesOf(reading, source.requirements.join('\n'), 'nodes.yaml')]
    return { source, lines: parts.flat(), failure: undefined }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { source, lines: [], failure: failureOf(error, false) }
  }
}

type Reading = { readonly fs: Fs; readonly source: PackageSource; readonly seen: Set<string> }

async function readFile(reading: Reading, file: string): Promise<readonly Requirement[]> {
  if (reading.seen.has(file)) return []
  reading.seen.add(file)
  return linesOf(reading, await textOf(reading, file), file)
}

async function textOf({ fs, source }: Reading, file: string): Promise<string> {
  try {
    // One that was removed since it was seen asks for nothing.
    const text = (await fs.readText(file, MOST_BYTES)) ?? ''
    if (!text.includes('\0')) return text
  } catch (error) {
    const code = systemCode(error)
    // A disk that does not answer is no fault of the node's.
    if (code === undefined || !ITS_OWN.has(code)) throw error
    throw new Problem('NODE_REQUIREMENT_REFUSED', {
      ...{ folder: source.folder, file, line: undefined, text: undefined },
      reason: code === 'EFBIG' ? 'is larger than 1 MiB' : `cannot be read: ${code}`,
    })
  }
  throw new Problem('NODE_REQUIREMENT_REFUSED', {
    ...{ folder: source.folder, file, line: undefined, text: undefined },
    reason: 'is no UTF-8 text; as UTF-16, which Windows writes, it cannot be read',
  })
}

const MOST_BYTES = 1024 * 1024
const ITS_OWN = new Set(['EFBIG', 'EISDIR', 'EACCES', 'EPERM'])

async function linesOf(reading: Reading, text: string, file: string): Promise<readonly Requirement[]> {
  const lines: Requirement[] = []
  for (const each of requirementLines(text, file)) {
    if ('refused' in each) throw refused(reading, { ...each, file })
    if ('include' in each) lines.push(...(await included(reading, { ...each, file })))
    else lines.push(each)
  }
  return lines
}

type At = { readonly file: string; readonly line: number }

// A path that leads out of the node's folder is none of its own.
async function included(
  reading: Reading,
  { include, file, line }: At & { readonly include: string },
): Promise<readonly Requirement[]> {
  const target = resolve(dirname(file), include)
  if (target.startsWith(`${reading.source.path}/`)) return readFile(reading, target)
  throw refused(reading, { file, line, text: `-r ${include}`, refused: 'leads out of the node’s folder' })
}

function refused(
  { source }: Reading,
  { file, line, text, refused: reason }: At & { readonly text: string; readonly refused: string },
): Problem {
  return new Problem('NODE_REQUIREMENT_REFUSED', {
    ...{ folder: source.folder, file, line, text: redact(text), reason },
  })
}
