import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ContainerSpec, containerScript } from '../sandbox/container-script.ts'

/** The repository. */
export const TOP: string = join(import.meta.dirname, '../..')

/** Of every container. */
export const PATH = '/usr/local/bin:/usr/bin:/bin'

/** Where containers of a benchmark run; what is mounted goes with the mount namespace. */
export type Layers = {
  readonly outside: string
  /** In memory: the image's own layer and those of containers. */
  readonly folder: string
  /** Puts a program where containers find it as /bench/<name>. */
  readonly script: (name: string, text: string) => void
  readonly end: () => void
}

/** Runs a benchmark once more in a mount namespace of its own; true there. */
export function isInOwnMounts(name: string): boolean {
  if (process.env.BENCH_INSIDE !== undefined) return true
  const again = ['--mount', process.execPath, join(TOP, 'scripts/bench.ts'), name]
  const env = { ...process.env, BENCH_INSIDE: '1' }
  process.exitCode = spawnSync('unshare', again, { stdio: 'inherit', env }).status ?? 1
  return false
}

/** Builds the binary, silently, unless BENCH_BUILT says that it is there. */
export function buildBinary(): void {
  if (process.env.BENCH_BUILT !== undefined) return
  const script = join(TOP, 'scripts/binary.ts')
  execFileSync(process.execPath, [script, process.arch], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Makes the layers, with the stand-in ComfyUI in the image; to be called in a mount namespace of its own. */
export function makeLayers(): Layers {
  const outside = mkdtempSync(join(tmpdir(), 'comfy-init-bench-'))
  const folder = `${outside}/layers`
  for (const name of ['layers', 'bench']) mkdirSync(`${outside}/${name}`)
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
  for (const name of ['usr/local/bin', 'opt', 'workspace', 'models', 'bench', 'tmp', 'run'])
    mkdirSync(`${folder}/image/${name}`, { recursive: true })
  writeFileSync(`${folder}/image/.dockerenv`, '')
  writeFileSync(`${folder}/image/usr/local/bin/comfy-init`, '')
  const home = `${folder}/image/opt/ComfyUI`
  cpSync(join(TOP, 'test/support/comfyui'), home, { recursive: true, preserveTimestamps: true })
  const script = (name: string, text: string) =>
    writeFileSync(`${outside}/bench/${name}`, text, { mode: 0o755 })
  script('start.sh', '#!/bin/bash\necho "$EPOCHREALTIME" > /bench/start\nexec "$@"\n')
  chownSync(`${outside}/bench`, 1000, 1000)
  return {
    ...{ outside, folder, script },
    end: () => {
      execFileSync('umount', ['--lazy', folder])
      rmSync(outside, { recursive: true, force: true })
    },
  }
}

/** A container: its name, what runs as PID 1, and what is mounted beside the binary, its workspace and /bench. */
export type Boxed = Pick<ContainerSpec, 'name' | 'command' | 'init' | 'volumes'> & {
  readonly env: ContainerSpec['env'] | undefined
  readonly print: 'stdout' | 'stderr'
}

/** Starts a container in namespaces of its own; it stamps its start into the file `start`. Ends with the process that is given. */
export function startContainer({ outside, folder }: Layers, boxed: Boxed): ChildProcess {
  const name = boxed.name.replaceAll(/\W+/g, '-')
  const workspace = `${outside}/workspace-${name}`
  mkdirSync(workspace, { recursive: true })
  chownSync(workspace, 1000, 1000)
  const script = containerScript({
    ...{ folder, name, init: boxed.init, offline: true },
    env: { PATH, COMFY_NODES: '', COMFY_LOG_LEVEL: 'error', ...boxed.env },
    volumes: [
      {
        from: join(TOP, `dist/comfy-init-linux-${process.arch}`),
        at: '/usr/local/bin/comfy-init',
        readOnly: true,
      },
      { from: workspace, at: '/workspace' },
      { from: `${outside}/bench`, at: '/bench' },
      ...boxed.volumes,
    ],
    command: ['/bench/start.sh', ...boxed.command],
  })
  return spawn('unshare', [...NAMESPACES, 'sh', '-c', script], {
    stdio: boxed.print === 'stdout' ? ['ignore', 'pipe', 'ignore'] : ['ignore', 'ignore', 'inherit'],
  })
}

/** Of a container, for unshare(1). */
export const NAMESPACES = ['--pid', '--mount', '--ipc', '--net', '--fork', '--kill-child'] as const

/** All processes below one, as the host sees them. */
export function descendants(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)])
}

/** The children of a process. */
export function childrenOf(pid: number): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
}

/** A file of /proc, empty when its process is gone. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
