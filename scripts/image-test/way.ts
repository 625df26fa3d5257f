import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { lastLine, runProgram } from './said.ts'
import { STATE, takeFolder } from './state.ts'

/** A way to run podman on this machine. */
export type Way = {
  readonly name: string
  /** In a mount namespace of our own, with a fresh cgroup2 in it. */
  readonly freshCgroups: boolean
  /** podman’s own configuration; undefined leaves the machine’s. */
  readonly conf: string | undefined
}

/** Says to the second run of ourselves that it is the second, and which way was found. */
const VARIABLE = 'COMFY_INIT_IMAGE_TEST_WAY'

/** Tries the ways in turn by running a program in an image; gives the first that works, or why none does. */
export async function findWay(image: string): Promise<Way | { readonly none: string }> {
  const known = process.env[VARIABLE]
  if (known !== undefined) return JSON.parse(known) as Way
  const reasons: string[] = []
  for (const way of possibleWays()) {
    const [file = '', ...before] = commandOf(way)
    const args = ['run', '--rm', '--network=host', '--entrypoint', '', image, 'true']
    const said = await runProgram(file, [...before, 'podman', ...args], { env: envOf(way), limitMs: 60_000 })
    if (said.code === 0) return way
    reasons.push(`${way.name}: ${lastLine(said)}`)
    console.log(`  podman ${way.name}: no (${lastLine(said)})`)
  }
  return { none: `podman runs no container here: ${reasons.at(-1)}` }
}

/** Takes the way for this process and all that it starts; false when the program has to be run again in it. */
export function isOnWay(way: Way): boolean {
  if (way.conf !== undefined) process.env.CONTAINERS_CONF = way.conf
  return !way.freshCgroups || process.env[VARIABLE] !== undefined
}

/** Runs this program again on a way, with signals passed on; resolves with its exit code. */
export function runAgain(way: Way): Promise<number> {
  const [file = '', ...before] = commandOf(way)
  const child = spawn(file, [...before, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, ...envOf(way), [VARIABLE]: JSON.stringify(way) },
  })
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => child.kill(name))
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

// From the plainest on. Nested machines refuse to raise limits, mix the two versions of cgroups, or are refused by crun.
function possibleWays(): readonly Way[] {
  const plain = writeConf('plain', undefined)
  const runc = writeConf('runc', 'runc')
  return [
    { name: 'as it is', freshCgroups: false, conf: undefined },
    { name: 'with the limits that we have', freshCgroups: false, conf: plain },
    { name: 'with runc', freshCgroups: false, conf: runc },
    { name: 'with a fresh cgroup2', freshCgroups: true, conf: plain },
    { name: 'with a fresh cgroup2 and runc', freshCgroups: true, conf: runc },
  ]
}

function writeConf(name: string, runtime: string | undefined): string {
  const path = `${takeFolder(STATE)}/containers-${name}.conf`
  const [soft, hard] = openFiles()
  const lines = [
    '[containers]',
    `default_ulimits = ["nofile=${soft}:${hard}", "nproc=4096:4096"]`,
    'netns = "host"',
    'pids_limit = 0',
    '[engine]',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    ...(runtime === undefined ? [] : [`runtime = "${runtime}"`]),
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

function openFiles(): readonly [string, string] {
  const line = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  const hard = line?.[2] ?? '1024'
  return [String(Math.min(1024, Number(hard))), hard]
}

function commandOf({ freshCgroups }: Way): readonly string[] {
  const script = 'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"'
  return freshCgroups ? ['unshare', '--mount', 'sh', '-c', script, 'sh'] : ['env']
}

function envOf({ conf }: Way): Readonly<Record<string, string>> {
  return conf === undefined ? {} : { CONTAINERS_CONF: conf }
}
