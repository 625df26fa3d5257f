import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildOther } from '../build.ts'
import { makeTree, type Shape } from './copy/make-tree.ts'
import { OURS, report, type Sample } from './copy/report.ts'
import { mountSlow } from './copy/slow-fs.ts'

/**
 * Copying a tree with the program's engine, as a fresh process, beside cp, rsync and tar: cold cache, one after the other in
 * each round; on the disk, and onto a filesystem that takes a millisecond for each operation. ROUNDS rounds (5), CASES
 * among a,b,c,d, all of it below BENCH_FOLDER. Needs root. What was copied is removed at the end only: ext4 is slow for
 * minutes where much was removed, because it gives an inode that was freed a moment ago to nobody.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const CHOSEN = (process.env.CASES ?? 'a,b,c,d').split(',')

type Case = {
  readonly id: string
  readonly title: string
  readonly shape: Shape
  readonly place: 'disk' | 'slow'
}

const CASES: readonly Case[] = [
  {
    id: 'a',
    title: '45,000 files, 3 GB',
    shape: { small: 44_993, large: 7, largeBytes: 330e6 },
    place: 'disk',
  },
  { id: 'b', title: '1,043 files, 40 MB', shape: { small: 1040, large: 3, largeBytes: 8e6 }, place: 'disk' },
  {
    id: 'c',
    title: '1,043 files, 40 MB, 1 ms per operation',
    shape: { small: 1040, large: 3, largeBytes: 8e6 },
    place: 'slow',
  },
  {
    id: 'd',
    title: '2,002 files, 110 MB, 1 ms per operation',
    shape: { small: 2000, large: 2, largeBytes: 40e6 },
    place: 'slow',
  },
]

/** Operations in flight, as the program chooses them for such places. */
const WIDTH = { disk: 16, slow: 96 }

const top = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'comfy-init-bench-'))
const slow = mountSlow(top)
try {
  await buildOther(join(import.meta.dirname, 'copy/ours.ts'), `${top}/ours.cjs`)
  for (const each of CASES.filter(({ id }) => CHOSEN.includes(id))) measure(each)
} finally {
  slow?.end()
  rmSync(top, { recursive: true, force: true })
}

function measure({ id, title, shape, place }: Case): void {
  const target = place === 'slow' ? slow?.folder : top
  if (target === undefined) {
    console.log(`${title}: left out, it takes gcc, libfuse3-dev and /dev/fuse`)
    return
  }
  const from = `${top}/source-${id}`
  mkdirSync(from)
  makeTree(from, shape)
  const samples: Sample[] = []
  for (let round = 0; round < ROUNDS; round++)
    for (const [at, way] of [...waysOf(WIDTH[place])].entries()) {
      const to = `${target}/target-${id}-${round}-${at}`
      mkdirSync(to)
      samples.push({ way: way[0], ...run(way[0], way[1](from, to)) })
    }
  console.log(report(title, samples))
}

type Words = (from: string, to: string) => readonly string[]

function waysOf(width: number): ReadonlyMap<string, Words> {
  const ways: [string, Words][] = [
    ['cp -a', (from, to) => ['cp', '-a', `${from}/.`, to]],
    ['rsync -a', (from, to) => ['rsync', '-a', `${from}/`, to]],
    ['tar | tar', (from, to) => ['sh', '-c', 'tar -C "$1" -cf - . | tar -C "$2" -xf -', 'sh', from, to]],
    [OURS, (from, to) => [process.execPath, `${top}/ours.cjs`, from, to, String(width)]],
  ]
  return new Map(
    ways.filter(([, words]) => spawnSync(words('', '')[0] ?? '', ['--version']).error === undefined),
  )
}

// Programs are in memory when they start, ours too: where it copies, it has been running.
function run(way: string, words: readonly string[]): Omit<Sample, 'way'> {
  spawnSync('sync')
  writeFileSync('/proc/sys/vm/drop_caches', '3')
  for (const program of ['cp', 'rsync', 'tar', 'sh', 'bash']) spawnSync(program, ['--version'])
  spawnSync(process.execPath, ['--check', `${top}/ours.cjs`])
  const timed = ['-c', 'TIMEFORMAT="%R %U %S"; time "$@"', 'bash', ...words]
  const { status, stdout, stderr } = spawnSync('bash', timed, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`)
  const [real = 0, user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  const [peak = Number.NaN, insideMs] = way === OURS ? stdout.trim().split(' ').map(Number) : []
  return {
    ms: real * 1000,
    cpuMs: (user + system) * 1000,
    peakKib: Number.isNaN(peak) ? undefined : peak,
    insideMs,
  }
}
