import { join } from 'node:path'
import { systemCode } from '../base/problem.ts'
import type { Fs } from '../host/fs.ts'
import type { Host } from '../host/host.ts'
import type { Ids } from '../host/users.ts'
import type { Facts } from './facts.ts'
import { may } from './permission.ts'
import { describePython } from './python-packages.ts'
import type { Sought } from './sought.ts'

type Found = Pick<Facts, 'python' | 'pythonRefused'>

/** The Python for ComfyUI: the one asked for and no other, else the first of the usual places that the target may run. */
export async function lookPython(
  host: Host,
  { python, home }: Pick<Sought, 'python' | 'home'>,
  target: Ids,
): Promise<Found> {
  if (python !== undefined) return chosen(host.fs, await tryAll(host.fs, [python], target))
  const inVenvs = await tryAll(host.fs, venvPythons(host.env, home), target)
  if (inVenvs.some(({ runs }) => runs)) return chosen(host.fs, inVenvs)
  const inPath = await tryAll(host.fs, pythonsInPath(host.env), target)
  // A folder of PATH that cannot be searched is no Python that was refused.
  return chosen(host.fs, [...inVenvs, ...inPath.filter(({ runs }) => runs)])
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
