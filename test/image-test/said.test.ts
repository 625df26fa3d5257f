import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lastLine, runProgram } from '../../scripts/image-test/said.ts'
import { until } from '../support/until.ts'

test('a program that is ended at its limit has the limit as its last line', async () => {
  const said = await runProgram('sh', ['-c', 'echo working; exec sleep 600'], { limitMs: 500 })

  expect(said.code).toBe(137)
  expect(said.out).toBe('working\n')
  expect(lastLine(said)).toBe('sh was ended after 0.5 s, which is its limit.')
})

test('what a program has started ends with it at its limit, though it heard no TERM', async () => {
  const script = `trap '' TERM; sleep 300 & echo $!; while :; do sleep 0.1; done`

  const said = await runProgram('sh', ['-c', script], { limitMs: 500 })

  expect(said.code).toBe(137)
  const started = Number(said.out)
  await until(() => hasEnded(started), 'the program that was started to end')
})

test('what a program prints is heard as it prints it', async () => {
  let heard = ''
  const said = await runProgram('sh', ['-c', 'echo one; echo two >&2'], { heard: (text) => (heard += text) })

  expect(heard.split('\n').toSorted().join()).toBe(',one,two')
  expect(said).toEqual({ code: 0, out: 'one\n', err: 'two\n' })
})

test('a program that is not there says so with 127', async () => {
  expect(await runProgram('no-such-program', [])).toMatchObject({ code: 127 })
})

// A zombie has ended too: who reaps it is not ours to say.
function hasEnded(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}
