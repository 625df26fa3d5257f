import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildOther } from '../build.ts'
import { containerScript } from '../sandbox/container-script.ts'
import { NAMESPACES, PATH, TOP } from './layers.ts'

/**
 * The memory of the program after 100 and after 10,000 deaths of its service, each with its report: DEATHS (100,1000,10000).
 * The whole of it but for its restarts, which come at once, in Node with the options of the binary. Needs root.
 */

const DEATHS = (process.env.DEATHS ?? '100,1000,10000').split(',')

/** The binary's own, and one that lets memory be looked at when what can go is gone. */
const OPTIONS = ['--expose-gc', '--disable-sigusr1', '--v8-pool-size=1', '--max-semi-space-size=1']

const DIES = `#!/bin/sh
if [ -e /bench/live ]; then exec /bench/stub "$@"; fi
echo "one line of many"
exit 3
`

type Look = { readonly deaths: number; readonly pss: number; readonly rss: number; readonly heap: number }

const outside = mkdtempSync(join(tmpdir(), 'comfy-init-bench-'))
try {
  await prepare()
  run()
} finally {
  rmSync(outside, { recursive: true, force: true })
}

async function prepare(): Promise<void> {
  mkdirSync(`${outside}/layers`)
  mkdirSync(`${outside}/bench`)
  await buildOther(join(import.meta.dirname, 'deaths/spree.ts'), `${outside}/bench/spree.cjs`)
  cpSync(process.execPath, `${outside}/bench/node`)
  writeFileSync(`${outside}/bench/python`, DIES, { mode: 0o755 })
  cpSync(join(import.meta.dirname, 'init/stub.pl'), `${outside}/bench/stub`)
  chmodSync(`${outside}/bench/stub`, 0o755)
  chownSync(`${outside}/bench`, 1000, 1000)
}

// Everything lies in memory, so that no disk is waited for ten thousand times; it goes with the mount namespace.
function run(): void {
  const folder = `${outside}/layers`
  const container = containerScript({
    folder,
    name: 'deaths',
    offline: true,
    env: {
      PATH,
      COMFY_NODES: '',
      COMFY_PYTHON: '/bench/python',
      COMFY_SAFE_MODE: 'off',
    },
    volumes: [
      { from: `${folder}/workspace`, at: '/workspace' },
      { from: `${outside}/bench`, at: '/bench' },
    ],
    command: ['/bench/node', ...OPTIONS, '/bench/spree.cjs', ...DEATHS],
  })
  const image = `${folder}/image`
  const script = [
    'set -e',
    `mount -t tmpfs tmpfs ${folder}`,
    `mkdir -p ${image}/opt ${image}/workspace ${image}/bench ${image}/tmp ${image}/run ${folder}/workspace`,
    `touch ${image}/.dockerenv`,
    `chown 1000:1000 ${folder}/workspace`,
    `cp -a ${join(TOP, 'test/support/comfyui')} ${image}/opt/ComfyUI`,
    container,
  ].join('\n')
  const startMs = performance.now()
  const { status } = spawnSync('unshare', [...NAMESPACES, 'sh', '-c', script], { stdio: 'ignore' })
  const looks = readFileSync(`${outside}/bench/memory`, 'utf8').trim().split('\n').map(read)
  if (status !== 0 || looks.length !== DEATHS.length) throw new Error(`The spree ended with ${status}.`)
  report(looks, (performance.now() - startMs) / 1000)
}

function read(line: string): Look {
  return JSON.parse(line)
}

function report(looks: readonly Look[], seconds: number): void {
  const kib = (value: number) => `${value} KiB`.padStart(13)
  console.log(`${''.padEnd(14)}${['PSS', 'RSS', 'used heap'].map((name) => name.padStart(13)).join('')}`)
  for (const { deaths, pss, rss, heap } of looks)
    console.log(`${`${deaths} deaths`.padEnd(14)}${[pss, rss, heap].map(kib).join('')}`)
  const [first, last] = [looks[0], looks.at(-1)]
  if (first === undefined || last === undefined) return
  const growth = last.pss / first.pss - 1
  console.log(
    `\n${seconds.toFixed(0)} s; PSS grew by ${(growth * 100).toFixed(1)} % from the first to the last look`,
  )
  console.log(`${growth <= 0.1 ? 'met    ' : 'missed '} at most 10 %`)
}
