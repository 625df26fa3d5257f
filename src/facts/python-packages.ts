import { basename, dirname } from 'node:path'
import type { Fs } from '../host/fs.ts'
import type { PythonFacts, TorchFacts } from './device-facts.ts'
import { isFolder } from './folders.ts'
import { orAbsent } from './or-absent.ts'
import { parseTorchVersion, parseVenvConfig, shortVersion, type VenvConfig } from './parse-python.ts'

/** What a Python's own files say about it and its packages; nothing is run or imported. */
export async function describePython(fs: Fs, path: string): Promise<PythonFacts> {
  const { root, version, venv, sites } = await locatePython(fs, path)
  const [torch, jupyters] = await Promise.all([
    torchIn(fs, sites),
    Promise.all(sites.map((site) => isFolder(fs, `${site}/jupyterlab`))),
  ])
  const hasJupyter = sites.length === 0 ? undefined : jupyters.includes(true)
  return { path, venv: venv && root, version, torch, hasJupyter }
}

/** Where a Python's parts lie. */
export type PythonPlace = {
  /** The folder above its bin. */
  readonly root: string
  /** Folder of the program that a venv was made from; its own where it is none. */
  readonly home: string
  readonly version: string | undefined
  readonly venv: VenvConfig | undefined
  /** Folders that it may find packages in, in its order; empty where its version is not known. */
  readonly sites: readonly string[]
}

/** Finds a Python's parts by its path, pyvenv.cfg and links; whether its folders of packages exist is not looked at. */
export async function locatePython(fs: Fs, path: string): Promise<PythonPlace> {
  const root = dirname(dirname(path))
  const [config, real] = await Promise.all([
    orAbsent(fs.readText(`${root}/pyvenv.cfg`)),
    orAbsent(fs.realPath(path)),
  ])
  const venv = config === undefined ? undefined : parseVenvConfig(config)
  const home = venv?.home ?? dirname(real ?? path)
  const base = dirname(home)
  const version = venv?.version ?? shortVersion(basename(real ?? path)) ?? (await versionIn(fs, base))
  const sites = version === undefined ? [] : sitesOf({ root, base, version, venv })
  return { root, home, version, venv, sites }
}

async function versionIn(fs: Fs, base: string): Promise<string | undefined> {
  const names = (await orAbsent(fs.list(`${base}/lib`))) ?? []
  return names.map((name) => (name.startsWith('python3.') ? shortVersion(name) : undefined)).find(Boolean)
}

type Place = {
  readonly root: string
  readonly base: string
  readonly version: string
  readonly venv: VenvConfig | undefined
}

// Debian keeps packages of its own Python in dist-packages, of pip below /usr/local.
function sitesOf({ root, base, version, venv }: Place): readonly string[] {
  const own = `${root}/lib/python${version}/site-packages`
  if (venv !== undefined && !venv.systemPackages) return [own]
  const system = [
    `${base}/lib/python${version}/site-packages`,
    `${base}/lib/python${version}/dist-packages`,
    ...(base === '/usr'
      ? [`/usr/local/lib/python${version}/dist-packages`, '/usr/lib/python3/dist-packages']
      : []),
  ]
  return [...new Set([own, ...system])]
}

async function torchIn(fs: Fs, sites: readonly string[]): Promise<TorchFacts | undefined> {
  const texts = await Promise.all(sites.map((site) => orAbsent(fs.readText(`${site}/torch/version.py`))))
  const text = texts.find((each) => each !== undefined)
  return text === undefined ? undefined : parseTorchVersion(text)
}
