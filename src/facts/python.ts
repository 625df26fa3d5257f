import { join } from 'node:path'
import { type Layout, MARKER } from '../base/layout.ts'
import { systemCode } from '../base/problem.ts'
import type { Fs } from '../host/fs.ts'
import type { Host } from '../host/host.ts'
import type { Ids } from '../host/users.ts'
import type { Facts } from './facts.ts'
import { orAbsent } from './or-absent.ts'
import { parseMarker } from './parse-marker.ts'
import { may } from './permission.ts'
import { describePython } from './python-packages.ts'
import type { Sought } from './sought.ts'

type Found = Pick<Facts, 'python' | 'pythonRefused'>

/** Where to look: what was asked for, and the workspace, whose tree may hold a venv that came from the image. */
type Where = Pick<Sought, 'python' | 'home' | 'adopt'> & { readonly layout: Layout }

/**
 * The Python for ComfyUI: the one asked for and no other, else the first of the usual places that the target may run. One
 * inside a tree that was moved into the workspace is taken from there: what the image still has of it is not what grows.
 */
export async function lookPython(host: Host, where: Where, target: Ids): Promise<Found> {
  const moved = await movedTrees(host.fs, where)
  const tryThem = (paths: readonly string[]) =>
    tryAll(host.fs, [...new Set(paths.flatMap((path) => [...placesAfter(moved, path), path]))], target)
  if (where.python !== undefined) return chosen(host.fs, await tryThem([where.python]))
  const home = where.home ?? moved[0]?.to
  const inVenvs = await tryThem(venvPythons(host.env, home))
  if (inVenvs.some(({ runs }) => runs)) return chosen(host.fs, inVenvs)
  const inPath = await tryThem(pythonsInPath(host.env))
  // A folder of PATH that cannot be searched is no Python that was refused.
  return chosen(host.fs, [...inVenvs, ...inPath.filter(({ runs }) => runs)])
}

type Moved = { readonly from: string; readonly to: string }

// Where ComfyUI is to stay in the image, its Python is the image's too.
async function movedTrees(fs: Fs, { home, adopt, layout }: Where): Promise<readonly Moved[]> {
  if (adopt === 'link') return []
  const marker = parseMarker(await orAbsent(fs.readText(`${layout.home}/${MARKER}`)))
  if (marker === undefined || marker.importedFrom !== undefined) return []
  return [home, marker.from].flatMap((from) => (from ? [{ from, to: layout.home }] : []))
}

function placesAfter(moved: readonly Moved[], path: string): readonly string[] {
  return moved.flatMap(({ from, to }) => (path.startsWith(`${from}/`) ? [to + path.slice(from.length)] : []))
}

function venvPythons(env: Host['env'], home: string | undefined): readonly string[] {
  const besideComfyUi = home === undefined ? [] : [`${home}/venv`, `${home}/.venv`]
  const venvs = ['/opt/venv', ...besideComfyUi, ...(env.VIRTUAL_ENV ? [env.VIRTUAL_ENV] : [])]
  return venvs.map((venv) => `${venv}/bin/python`)
}

function pythonsInPath(env: Host['env']): readonly string[] {
  const folders = (env.PATH ?? '/usr/local/bin:/usr/bin:/bin').split(':')
  const usable = folders.filter((each) => each.startsWith('/'))
  return ['python3', 'python'].flatMap((name) => usable.map((folder) => join(folder, name)))
}

/** One place: a program of the target's, or there but refused, or neither. */
type Tried = { readonly path: string; readonly runs: boolean; readonly refused: string | undefined }

function tryAll(fs: Fs, paths: readonly string[], target: Ids): Promise<readonly Tried[]> {
  return Promise.all(
    paths.map(async (path): Promise<Tried> => {
      try {
        const entry = await fs.follow(path)
        if (entry?.kind !== 'file') return { path, runs: false, refused: undefined }
        const runs = may(target, 'run', entry)
        return { path, runs, refused: runs ? undefined : 'EACCES' }
      } catch (error) {
        return { path, runs: false, refused: systemCode(error) ?? 'EIO' }
      }
    }),
  )
}

async function chosen(fs: Fs, tried: readonly Tried[]): Promise<Found> {
  const first = tried.find(({ runs }) => runs)
  const before = first === undefined ? tried : tried.slice(0, tried.indexOf(first))
  const refused = before.find((each) => each.refused !== undefined)
  return {
    python: first && (await describePython(fs, first.path)),
    pythonRefused: refused?.refused === undefined ? undefined : { path: refused.path, code: refused.refused },
  }
}
