import { dirname } from 'node:path'
import type { Pin } from './pin.ts'
import { pipInstaller } from './pip.ts'
import { uvInstaller } from './uv.ts'
import type { Workbench } from './workbench.ts'

/** What an installer is asked: requirement lines, and lines that what is chosen must agree with. */
export type Asked = { readonly lines: readonly string[]; readonly constraints: readonly string[] }

/**
 * What came of asking. `unsolved`: these lines do not fit, or are not to be had; `unreached`: the index did not answer; `broken`:
 * this machine is at fault, a full disk mostly. `said` are whole sentences.
 */
export type Outcome =
  | { readonly kind: 'ok'; readonly pins: readonly Pin[] }
  | { readonly kind: 'unsolved' | 'unreached' | 'broken'; readonly said: string }

/** uv or pip. */
export type Installer = {
  readonly name: 'uv' | 'pip'
  /** Which packages are to be added to those of the image so that all lines are met; nothing is changed. */
  readonly resolve: (asked: Asked) => Promise<Outcome>
  /** Installs exactly these into an overlay, without what they require. */
  readonly install: (pins: readonly Pin[], overlayPython: string) => Promise<Outcome>
}

/** uv from beside the Python or from PATH, else the Python's pip; undefined where there is neither. */
export async function findInstaller(bench: Workbench): Promise<Installer | undefined> {
  const { host, packages, python } = bench
  const folders = [dirname(python.path), ...(host.env.PATH ?? '').split(':')]
  for (const folder of new Set(folders.filter((each) => each.startsWith('/')))) {
    const file = `${folder}/uv`
    if (await host.fs.isProgram(file)) return uvInstaller(bench, { file, args: [] })
  }
  if (packages.versions.has('uv')) return uvInstaller(bench, { file: python.path, args: ['-m', 'uv'] })
  const pip = Number.parseInt(packages.versions.get('pip') ?? '', 10)
  return pip >= OLDEST_PIP ? pipInstaller(bench) : undefined
}

/** The first that reports what it would install, and leaves it at that. */
const OLDEST_PIP = 23
