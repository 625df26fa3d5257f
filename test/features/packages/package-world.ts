import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { PYTHON_TOOLS } from '../../../scripts/python-tools.ts'
import { layoutOf, type Places } from '../../../src/base/layout.ts'
import type { PackageSource } from '../../../src/base/node.ts'
import type { Problem } from '../../../src/base/problem.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import { lookPackages } from '../../../src/facts/packages.ts'
import { describePython } from '../../../src/facts/python-packages.ts'
import { type PackagesWanted, planPackages } from '../../../src/features/packages/plan.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { torch } from '../../support/node-image.ts'
import { type PackageIndex, packageIndex } from '../../support/package-index.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { putPackage, type WheelSpec, wheel } from '../../support/wheel.ts'
import { aFacts, aMount, aSettings, aWho, aWorkspace } from '../../support/world.ts'

/** What the image has, beside pip. */
const IMAGE: readonly WheelSpec[] = [
  torch('2.8.0+cu128', '12.8'),
  { name: 'numpy', version: '2.1.0' },
  { name: 'Pillow', version: '11.0.0' },
  { name: 'requests', version: '2.31.0' },
]

/** What the index has. */
const SHELF: readonly WheelSpec[] = [
  { name: 'torch', version: '2.9.0' },
  { name: 'numpy', version: '1.26.0' },
  { name: 'alpha', version: '1.0', requires: ['beta>=1', 'torch>=2'], scripts: { alpha: 'alpha:main' } },
  { name: 'beta', version: '1.0' },
  { name: 'beta', version: '2.0' },
  { name: 'old-numpy', version: '1.0', requires: ['numpy<2'] },
  { name: 'requests', version: '2.32.0' },
  { name: 'by-hand', version: '1.0' },
]

/** A workspace with nodes, an image's Python with torch, and a package index; each boot looks and acts until nothing is left. */
export type PackageWorld = {
  readonly root: string
  readonly index: PackageIndex
  readonly places: Places
  readonly python: string
  readonly host: Host
  readonly settings: Settings
  /** Writes a node; texts by file name. */
  readonly node: (folder: string, files: Readonly<Record<string, string>>) => PackageSource
  readonly boot: (sources: readonly PackageSource[], options?: BootOptions) => Promise<Booted>
  /** The same with another Python. */
  readonly bootWith: (python: string, sources: readonly PackageSource[]) => Promise<Booted>
  /** Runs a Python program with an overlay's Python, and gives what it printed. */
  readonly run: (...args: readonly string[]) => Promise<string>
  readonly overlay: () => string
}

export type BootOptions = Partial<Pick<PackagesWanted, 'locked' | 'onResolved'>> & {
  readonly host?: Host
  readonly settings?: Partial<Settings>
  readonly facts?: Partial<Facts>
}

/** What a boot came to: how many steps were taken, the problems that were left, what it saw last. */
export type Booted = {
  readonly steps: number
  readonly problems: readonly Problem[]
  readonly packages: NonNullable<Facts['packages']>
}

/** Makes such a world; its image has uv, or pip alone. */
export async function packageWorld({ uv = true } = {}): Promise<PackageWorld> {
  const root = await tempFolder()
  const index = await packageIndex(...SHELF.map(wheel))
  const python = await makeVenv(`${root}/opt/venv`)
  for (const each of IMAGE) putPackage(sitePackagesOf(python), each)
  const layout = layoutOf(`${root}/workspace`)
  const code = `${root}/opt/ComfyUI`
  for (const path of [layout.own, `${layout.workspace}/custom_nodes`, code])
    mkdirSync(path, { recursive: true })
  writeFileSync(`${code}/requirements.txt`, 'torch\nnumpy>=1.25.0\nPillow>=10.1.0\n')
  const places: Places = {
    ...{ mode: 'link', reason: 'a test', code, base: layout.workspace, copies: false, layout },
    customNodes: `${layout.workspace}/custom_nodes`,
    models: `${layout.workspace}/models`,
  }
  const tools = uv ? `${PYTHON_TOOLS}/bin:` : ''
  const host: Host = { ...realHost(), env: { PATH: `${tools}/usr/bin:/bin`, ...index.env } }
  const settings = aSettings({
    workspace: layout.workspace,
    vendorFolder: `${root}/vendor`,
    constraintsFile: `${root}/constraints.txt`,
  })
  const world = { root, index, places, python, host, settings }
  const overlay = () => currentOverlay(layout.packages)
  return {
    ...world,
    node: (folder, files) => writeNode(places.customNodes, folder, files),
    boot: (sources, options = {}) => boot(world, sources, options),
    bootWith: (other, sources) => boot({ ...world, python: other }, sources, {}),
    run: async (...args) => (await execute(`${overlay()}/bin/python`, args)).stdout.trim(),
    overlay,
  }
}

const execute = promisify(execFile)

/** A venv of the machine's own Python with pip, which is linked: it is many files. */
export async function makeVenv(path: string): Promise<string> {
  await execute('/usr/bin/python3', ['-m', 'venv', '--without-pip', path])
  const python = `${path}/bin/python`
  for (const name of readdirSync(PYTHON_TOOLS).filter((each) => /^pip(-|$)/.test(each)))
    symlinkSync(`${PYTHON_TOOLS}/${name}`, `${sitePackagesOf(python)}/${name}`)
  return python
}

/** Where the Python of a venv, or of an overlay, has its packages. */
export function sitePackagesOf(python: string): string {
  const lib = `${dirname(dirname(python))}/lib`
  return `${lib}/${readdirSync(lib).find((name) => name.startsWith('python3.'))}/site-packages`
}

function writeNode(
  customNodes: string,
  folder: string,
  files: Readonly<Record<string, string>>,
): PackageSource {
  const path = `${customNodes}/${folder}`
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(`${path}/${name}`, text)
  return {
    ...{ folder, path, requirements: undefined, env: {}, required: false, stamp: JSON.stringify(files) },
    requirementFiles: files['requirements.txt'] === undefined ? [] : [`${path}/requirements.txt`],
    script: files['install.py'] === undefined ? undefined : `${path}/install.py`,
  }
}

type Machine = Pick<PackageWorld, 'places' | 'python' | 'host' | 'settings'>

/** What is seen of a machine now; `sinceMs` is when the boot began. */
export async function lookAt({ places, python, host, settings }: Machine, sinceMs: number): Promise<Facts> {
  const { layout } = places
  const found = await describePython(host.fs, python)
  return aFacts({
    who: aWho({ us: { uid: 0, gid: 0, groups: [] }, target: { uid: 0, gid: 0, groups: [] } }),
    workspace: aWorkspace({ path: layout.workspace, mount: aMount({ point: layout.workspace }) }),
    folders: new Set([layout.own]),
    python: found,
    packages: await lookPackages(host.fs, settings, { layout, python: found, arch: 'x64' }),
    ...{ sinceMs, nowMs: host.clock.now() },
  })
}

async function boot(
  machine: Machine,
  sources: readonly PackageSource[],
  options: BootOptions,
): Promise<Booted> {
  const host = options.host ?? machine.host
  const settings = { ...machine.settings, ...options.settings }
  const sinceMs = host.clock.now()
  for (let steps = 0; steps < 4; steps++) {
    const facts = { ...(await lookAt({ ...machine, settings }, sinceMs)), ...options.facts }
    const { locked = [], onResolved } = options
    const wanted = {
      places: machine.places,
      sources,
      locked,
      ...(onResolved === undefined ? {} : { onResolved }),
    }
    const plan = planPackages(settings, facts, wanted)
    const [step] = plan.steps
    if (step === undefined) {
      if (facts.packages === undefined) throw new Error('The packages of the Python are not seen.')
      return { steps, problems: plan.problems, packages: facts.packages }
    }
    await step.apply(host, () => {}, new AbortController().signal)
  }
  throw new Error('There is still something to do after 4 rounds.')
}

/** The overlay in use of the first identity that has one. */
export function currentOverlay(packages: string): string {
  const key = readdirSync(packages).find((name) => name.startsWith('py'))
  return `${packages}/${key}/${readlinkSync(`${packages}/${key}/current`)}`
}
