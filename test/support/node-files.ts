import { nodeCode } from '../../scripts/sandbox/fill.ts'
import type { Files } from './git-repository.ts'
import { zip } from './zip.ts'

/** What a node of a test is like. */
export type NodeSpec = {
  /** Its one class, as ComfyUI shows it. */
  readonly shows: string
  /** Modules that it imports when it is loaded. */
  readonly imports?: readonly string[]
  /** Lines of requirements.txt. */
  readonly requires?: readonly string[]
  /** Text of install.py. */
  readonly install?: string
  /** Statements before anything else when it is loaded. */
  readonly first?: string
}

/** The files of a node. */
export function nodeFiles({ shows, imports = [], requires, install, first }: NodeSpec): Files {
  const code = [
    ...(first === undefined ? [] : [first]),
    ...imports.map((name) => `import ${name}`),
    '',
    '',
    nodeCode(shows, 'test'),
  ]
  return {
    '__init__.py': code.join('\n'),
    ...(requires === undefined ? {} : { 'requirements.txt': requires.map((line) => `${line}\n`).join('') }),
    ...(install === undefined ? {} : { 'install.py': install }),
  }
}

/** The files of a node as a zip; below a folder of that name where one is given. */
export function nodeZip(spec: NodeSpec, folder?: string): Buffer {
  const top = folder === undefined ? '' : `${folder}/`
  return zip(Object.entries(nodeFiles(spec)).map(([name, data]) => ({ name: top + name, data })))
}
