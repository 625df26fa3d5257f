import { dirname } from 'node:path'
import { distributionsIn } from '../../facts/distributions.ts'
import { orAbsent } from '../../facts/or-absent.ts'
import type { Pin } from './pin.ts'
import { pipInstaller } from './pip.ts'
import { runTool, type Tool } from './run-tool.ts'
import { uvInstaller } from './uv.ts'
import { vendorFirst } from './vendor-first.ts'
import type { Workbench } from './workbench.ts'

/** What an installer is asked: requirement lines, and lines that what is chosen must agree with. */
export type Asked = { readonly lines: readonly string[]; readonly constraints: readonly string[] }

/**
 * What came of asking. `unsolved`: these lines do not fit, or are not to be had; `unreached`: the index did not answer; `broken`:
 * this machine is at fault, a full disk mostly. `said` are whole sentences.
 */
export type Outcome =
  | { readonly kind: 'ok'; readonly pins: readonly Pin[] }
  | {
      readonly kind: 'unsolved'
      readonly said: string
      /** One package's build hung or was ended: other versions are not worth a try. */
      readonly isBuild?: true
    }
  | {
      readonly kind: 'unreached' | 'broken'
      readonly said: string
      /** The build of one package may have brought it about. */
      readonly inDoubt?: boolean
    }

/** uv or pip. */
export type Installer = {
  readonly name: 'uv' | 'pip'
  /** Which packages are to be added to those of the image so that all lines are met; nothing is changed. */
  readonly resolve: (asked: Asked) => Promise<Outcome>
  /** Installs exactly these into an overlay, without what they require. */
  readonly install: (pins: readonly Pin[], overlayPython: string) => Promise<Outcome>
}

/**
 * uv from beside the Python or from PATH, else the Python's pip; undefined where there is neither that runs. pip comes first for a
 * venv that has packages of the system's too: uv does not see those.
 */
export async function findInstaller(bench: Workbench): Promise<Installer | undefined> {
  const make = await findTool(bench)
  if (make === undefined) return undefined
  if (bench.wheels === undefined || bench.settings.offline) return make(bench)
  return vendorFirst(make({ ...bench, settings: { ...bench.settings, offline: true } }), make(bench))
}

type MakeInstaller = (bench: Workbench) => Installer

async function findTool(bench: Workbench): Promise<MakeInstaller | undefined> {
  const pip = Number.parseInt(bench.packages.versions.get('pip') ?? '', 10) >= OLDEST_PIP
  if (pip && (await hasSystemPackages(bench))) return pipInstaller
  return (await findUv(bench)) ?? (pip ? pipInstaller : undefined)
}

async function findUv(bench: Workbench): Promise<MakeInstaller | undefined> {
  const uv =
    (program: Tool): MakeInstaller =>
    (place) =>
      uvInstaller(place, program)
  const { host, packages, python } = bench
  const folders = [dirname(python.path), ...(host.env.PATH ?? '').split(':')]
  for (const folder of new Set(folders.filter((each) => each.startsWith('/')))) {
    const file = `${folder}/uv`
    if ((await host.fs.isProgram(file)) && (await isRunning(bench, { file, args: [] })))
      return uv({ file, args: [] })
  }
  const module = { file: python.path, args: ['-m', 'uv'] }
  return packages.versions.has('uv') && (await isRunning(bench, module)) ? uv(module) : undefined
}

// One that was built for another machine, or lost a library, is none.
async function isRunning(bench: Workbench, { file, args }: Tool): Promise<boolean> {
  return (await runTool(bench, { file, args: [...args, '--version'] })).code === 0
}

async function hasSystemPackages({ host, packages, python }: Workbench): Promise<boolean> {
  if (python.venv === undefined) return false
  const others = packages.sites.slice(1).map((site) => orAbsent(distributionsIn(host.fs, site)))
  return (await Promise.all(others)).some((found) => found !== undefined && found.length > 0)
}

/** The first that reports what it would install, and leaves it at that. */
const OLDEST_PIP = 23
