import { mkdir, readFile } from 'node:fs/promises'
import { onTestFinished } from 'vitest'
import type { Phase } from '../../src/base/event.ts'
import { layoutOf } from '../../src/base/layout.ts'
import { takeLock } from '../../src/features/workspace/lock.ts'
import type { Host } from '../../src/host/host.ts'
import { doorsOn } from '../../src/http/doors.ts'
import { steadyHost } from '../features/workspace/real-boot.ts'
import { usedWorkspace } from '../features/workspace/two-images.ts'
import { type CapturingHost, capturingHost } from '../support/desk.ts'
import { aBehind, aStatus } from '../support/status.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** A workspace with the used 0.33.0 and a container of the image 0.34.0, as a command finds them. */
export type Scene = CapturingHost & {
  readonly root: string
  readonly home: string
  readonly flags: Readonly<Record<string, string>>
  /** The same flags as words of a command line. */
  readonly argv: readonly string[]
  /** What listens to which signal. */
  readonly signals: ReadonlyMap<NodeJS.Signals, () => void>
}

/** Makes it; `prepare` makes another one in the folder. */
export async function aScene(prepare: (root: string) => Promise<unknown> = usedWorkspace): Promise<Scene> {
  const root = await tempFolder()
  await prepare(root)
  await mkdir(`${root}/run`)
  const signals = new Map<NodeJS.Signals, () => void>()
  const { clock, signals: real } = steadyHost()
  const on: Host['signals']['on'] = (name, call) => {
    signals.set(name, call)
    return () => signals.delete(name)
  }
  const captured = capturingHost({ clock, signals: { ...real, on } })
  const flags = {
    home: `${root}/opt/ComfyUI`,
    workspace: `${root}/workspace`,
    runtime: `${root}/run`,
    ...{ adopt: 'move', gpu: 'off', shared: `${root}/shared` },
    ...{ uid: String(process.getuid?.()), gid: String(process.getgid?.()) },
  }
  const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  return { ...captured, root, flags, argv, signals, home: `${root}/workspace/ComfyUI` }
}

/** Has a comfy-init of this container hold the workspace; with a phase it answers on its control socket too. */
export async function aHolder({ host, root }: Scene, phase?: Phase): Promise<void> {
  const layout = layoutOf(`${root}/workspace`)
  const taken = await takeLock(host, { layout, instance: 'comfy', filesystem: 'ext4' })
  if (taken.state !== 'held') throw new Error(`The lock is ${taken.state}.`)
  onTestFinished(() => taken.lock.release())
  if (phase === undefined) return
  const behind = aBehind({ status: () => aStatus({ phase }) })
  const doors = await doorsOn(host)(behind, {
    host: '127.0.0.1',
    port: 0,
    socket: `${root}/run/control.sock`,
  })
  onTestFinished(doors.close)
}

/** What a command works with when it is asked for by its act. */
export function inputOf({ flags }: Scene) {
  return { flags, comfyArgs: [] }
}

/** The scene’s host as it would be in another container of this machine. */
export function elsewhere({ host }: Scene): Host {
  const readText: Host['fs']['readText'] = (path) =>
    path === '/proc/self/mountinfo' ? Promise.resolve('1 0 0:1 /other / rw') : host.fs.readText(path)
  return { ...host, fs: { ...host.fs, readText } }
}

/** A file of the workspace’s ComfyUI as text; undefined when it is not there. */
export function textIn({ home }: Scene, name: string): Promise<string | undefined> {
  return readFile(`${home}/${name}`, 'utf8').catch(() => undefined)
}

/** A host whose folder has no room for another byte. */
export function withoutRoom(host: Host): Host {
  return { ...host, fs: { ...host.fs, space: async () => ({ freeBytes: 0, freeInodes: 0 }) } }
}
