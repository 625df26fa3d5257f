import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Exec, realExec, type Start } from '../../src/host/exec.ts'

const HERE = { cwd: '/', env: { PATH: '/usr/bin:/bin' } }

async function said(start: Partial<Start> & Pick<Start, 'args'>, exec: Exec = realExec()): Promise<string> {
  const started = await exec.start({ file: '/bin/sh', ...HERE, ...start })
  const chunks: Buffer[] = []
  started.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve) => started.stdout.once('close', resolve))
  return Buffer.concat(chunks).toString()
}

const softLimit = (start: Partial<Start>, exec?: Exec) =>
  said({ args: ['-c', 'ulimit -Sn'], ...start }, exec).then(Number)

const ownLimits = () =>
  /^Max open files\s+(\d+)\s+(\d+)/m
    .exec(readFileSync('/proc/self/limits', 'latin1'))
    ?.slice(1)
    .map(Number) ?? []

test('a child has the soft limit of open files that it is to have, and our own stays as it is', async () => {
  const before = ownLimits()
  expect(await softLimit({ openFiles: 2000 })).toBe(2000)
  expect(ownLimits()).toEqual(before)
})

test('a limit that is too low for ourselves is the child’s all the same', async () => {
  const line = 'until [ "$(ulimit -Sn)" = 64 ]; do sleep 0.01; done; echo done'
  expect(await said({ args: ['-c', line], openFiles: 64 })).toBe('done\n')
})

test('no child gets more than the hard limit, which it keeps', async () => {
  const [, hard = 0] = ownLimits()
  expect(await softLimit({ openFiles: hard + 1 })).toBe(hard)
  expect(Number(await said({ args: ['-c', 'ulimit -Hn'], openFiles: 1500 }))).toBe(hard)
})

/** Runs a module below a shell that did something before, as what starts a container does; gives its standard output. */
function below(before: string, act: string): string {
  const script = `const { realExec } = await import(${MODULE}); ${act}`
  const line = `${before}; "$0" --input-type=module -e "$1"; true`
  return spawnSync('sh', ['-c', line, process.execPath, script], { encoding: 'utf8' }).stdout.trim()
}

const MODULE = JSON.stringify(join(import.meta.dirname, '../../src/host/exec.ts'))
const LIMIT = `{ file: '/bin/sh', args: ['-c', 'ulimit -Sn'], cwd: '/', env: {}, timeoutMs: 5000 }`

test.each([
  ['a service', `(await realExec().start(${LIMIT})).stdout.pipe(process.stdout)`],
  ['a helper program', `console.log((await realExec().run(${LIMIT})).stdout)`],
  ['what is passed through', `await realExec().passThrough(${LIMIT}, () => {})`],
])('%s has the limit that our parent was started with, not the one that Node raised', (_, act) => {
  expect(below('ulimit -Sn 1234', act)).toBe('1234')
})

test.each(['embedded', 'image', 'shell', 'none'] as const)(
  'under the reaper «%s» nobody knows the limit any more: it is 65536, or the hard one where that is lower',
  (reaper) => {
    const [, hard = 0] = ownLimits()
    const found = below('ulimit -Sn 1234', `await realExec('${reaper}').passThrough(${LIMIT}, () => {})`)
    expect(Number(found)).toBe(Math.min(65_536, hard))
  },
)

const scoreLine = 'cat /proc/self/oom_score_adj'

test('the kernel is told whom to choose when memory is short, and children of a child inherit that', async () => {
  const own = Number(readFileSync('/proc/self/oom_score_adj', 'latin1'))
  const line = `until [ "$(${scoreLine})" = ${Math.min(1000, own + 300)} ]; do sleep 0.01; done; echo done`
  expect(await said({ args: ['-c', line], oomScore: 300 })).toBe('done\n')
  expect(Number(await said({ args: ['-c', scoreLine] }))).toBe(own)
})

test('nobody is made less likely to be chosen than what it inherits', () => {
  const sleeper = `{ file: '/bin/sleep', args: ['60'], cwd: '/', env: {}, oomScore: -100 }`
  const act = `
    const { pid } = await realExec().start(${sleeper})
    console.log((await import('node:fs')).readFileSync('/proc/' + pid + '/oom_score_adj', 'utf8'))
    process.kill(pid, 'SIGKILL')`
  // What was raised may be lowered again without being root.
  expect(below('echo 900 > /proc/$$/oom_score_adj', act)).toBe('900')
})

test('a child blocks no signal and ignores none, although we do', async () => {
  const masksIn = (status: string) =>
    [...status.matchAll(/^Sig(?:Blk|Ign):\s*([0-9a-f]+)$/gm)].map(([, mask]) =>
      Number.parseInt(mask ?? '', 16),
    )
  expect(masksIn(readFileSync('/proc/self/status', 'latin1'))[1]).not.toBe(0)
  expect(masksIn(await said({ args: ['-c', 'cat /proc/self/status'] }))).toEqual([0, 0])
})

test('a child leads a session and a group of its own', async () => {
  const ids = await said({
    args: ['-c', 'read -r pid name state parent group session rest < /proc/$$/stat; echo $$ $group $session'],
  })
  const [pid, group, session] = ids.trim().split(' ')
  expect([group, session]).toEqual([pid, pid])
})
