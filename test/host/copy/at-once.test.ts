import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { withWorkers } from '../../../src/host/copy/at-once.ts'
import type { Order } from '../../../src/host/copy/crew.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const SELF = new URL('../../../src/host/copy/at-once.ts', import.meta.url)

// A process that was stopped could not say so: the copy is done in another one.
const program = (from: string, to: string) => `
  import { withWorkers } from ${JSON.stringify(fileURLToPath(SELF))}
  const order = () => ({ task: 'copy', from: '${from}', to: '${to}', resume: 'time', skip: [], plain: false, threads: 2,
    onProgress: ({ paused }) => console.log(paused ? 'paused' : 'goes on') })
  let isFirst = true
  await withWorkers(order, async (workers) => {
    if (isFirst) process.kill(process.pid, 'SIGTSTP')
    isFirst = false
    await workers.work([{ kind: 'folders', paths: [''] }])
  })
  console.log('done')
`

test('a TSTP in the first moments of a copy pauses it instead of the process, until CONT', async () => {
  const { from, to } = await twoFolders()
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(from, to)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (said.length === 0 && line === 'paused') child.kill('SIGCONT')
    if (said.at(-1) !== line) said.push(line)
  }
  expect(said).toEqual(['paused', 'goes on', 'done'])
  expect(readdirSync(to)).toEqual(['file'])
})

test('an abort ends a pause, and nothing is listened to any more', async () => {
  const { from, to } = await twoFolders()
  const abort = new AbortController()
  const reason = new Error('enough')
  const copy = withWorkers(
    (): Order => ({
      ...{ task: 'copy', from, to, resume: 'time', skip: [], plain: false, threads: 2 },
      signal: abort.signal,
      onProgress: ({ paused }) => paused && abort.abort(reason),
    }),
    async () => void process.emit('SIGTSTP'),
  )
  await expect(copy).rejects.toBe(reason)
  expect(process.listenerCount('SIGTSTP') + process.listenerCount('SIGCONT')).toBe(0)
})

async function twoFolders() {
  const folder = await tempFolder()
  for (const name of ['from', 'to']) mkdirSync(`${folder}/${name}`)
  writeFileSync(`${folder}/from/file`, 'text')
  return { from: `${folder}/from`, to: `${folder}/to` }
}
