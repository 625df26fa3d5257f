import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { secret } from '../../src/base/secret.ts'
import type { ServiceSpec } from '../../src/base/service.ts'
import { COMFYUI } from '../features/deaths/an-evidence.ts'
import { aSettings } from '../support/world.ts'
import { aKeeper, CRASHED } from './a-death-keeper.ts'

test('a death is told with its cause and last lines, and kept in the workspace', async () => {
  const { keeper, layout, state, line, die, deaths } = await aKeeper()
  state('starting', 41)
  line('Loading')
  state('running', 41)
  state('backoff')
  die(41)
  await keeper.close()

  expect(deaths()).toEqual([
    {
      service: 'comfyui',
      at: '2026-11-21T12:00:00.000Z',
      ending: CRASHED,
      cause: 'exit',
      summary: 'ComfyUI ended with exit code 7 after 1.0 s.',
      uptimeMs: 1000,
      isSafe: false,
      lines: ['Loading'],
    },
  ])
  expect(keeper.deaths()).toEqual(deaths())
  const [name = ''] = await readdir(layout.deaths)
  expect(JSON.parse(await readFile(`${layout.deaths}/${name}`, 'utf8'))).toEqual(deaths()[0])
})

test('each run has its own lines, although the next one is running when a death is told', async () => {
  const { keeper, state, line, die, deaths } = await aKeeper()
  state('starting', 41)
  line('first')
  state('backoff')
  state('starting', 42)
  line('second')
  die(41)
  state('backoff')
  die(42)
  await keeper.close()

  expect(deaths().map(({ lines }) => lines)).toEqual([['first'], ['second']])
})

test('a restart in place is the same run: its lines stay', async () => {
  const { keeper, state, line, die, deaths } = await aKeeper()
  state('starting', 41)
  state('running', 41)
  line('before')
  state('starting', 41)
  line('after')
  die(41)
  await keeper.close()

  expect(deaths()[0]?.lines).toEqual(['before', 'after'])
})

test('the prompt belongs to ComfyUI, and only to a run that was ready', async () => {
  const { keeper, state, die, deaths } = await aKeeper({ promptId: () => 'a-prompt' })
  state('starting', 41)
  die(41)
  state('starting', 42)
  state('running', 42)
  die(42)
  state('starting', 43, 'jupyter')
  state('running', 43, 'jupyter')
  die(43, CRASHED, 'jupyter')
  await keeper.close()

  expect(deaths().map(({ promptId }) => promptId)).toEqual([undefined, 'a-prompt', undefined])
})

test('the memory of the cards is what was measured before the end', async () => {
  let vramBytes: number | undefined = 5e9
  const { keeper, state, die, deaths } = await aKeeper({ uses: () => ({ vramBytes }) })
  state('starting', 41)
  state('backoff')
  vramBytes = 0
  die(41)
  await keeper.close()

  expect(deaths()[0]?.vramBytes).toBe(5e9)
})

test('secrets of the settings and of variables, and passwords in addresses, are in no part of a report', async () => {
  const env = {
    MY_API_KEY: 'S3CRET-of-mine',
    PIN_TOKEN: 'see',
    TOKEN_FILE: '/run/token',
    GREETING: 'good morning',
  }
  const settings = aSettings({ hfToken: secret('hf_S3CRET') })
  const services: readonly ServiceSpec[] = [{ ...COMFYUI, env }]
  const { keeper, layout, state, line, die, deaths } = await aKeeper({ settings, services })
  state('starting', 41)
  line('see hf_S3CRET and S3CRET-of-mine of /run/token, good morning')
  line('get https://me:S3CRET@host/?token=S3CRET')
  line('Traceback (most recent call last):')
  line('  File "/a.py", line 1, in a')
  line('ValueError: hf_S3CRET is no token')
  die(41, { code: 1, signal: null })
  await keeper.close()

  expect(deaths()[0]?.cause).toBe('traceback')
  expect(deaths()[0]?.lines[0]).toBe('see *** and *** of /run/token, good morning')
  const [name = ''] = await readdir(layout.deaths)
  expect(await readFile(`${layout.deaths}/${name}`, 'utf8')).not.toContain('S3CRET')
  expect(JSON.stringify(deaths())).not.toContain('S3CRET')
})

test('a ComfyUI that is stopped because it had stalled is told once, in the words of what was found', async () => {
  const { keeper, bus, state, deaths } = await aKeeper({ promptId: () => 'a-prompt' })
  state('starting', 41)
  state('running', 41)
  state('starting', 99, 'jupyter')
  bus.tell({ type: 'condition', condition: 'stalled', text: 'its queue has died.' })
  state('stopping', 99, 'jupyter')
  state('running', 41)
  state('stopping', 41)
  state('killing', 41)
  bus.tell({ type: 'condition', condition: 'stalled' })
  state('starting', 42)
  state('stopping', 42)
  await keeper.close()

  expect(deaths()).toMatchObject([
    {
      service: 'comfyui',
      cause: 'stalled',
      ending: { code: null, signal: null },
      promptId: 'a-prompt',
      summary: 'ComfyUI did no more work and was stopped after 0.0 s: its queue has died.',
    },
  ])
})

test('a ComfyUI that goes on by itself after it had stalled is no death', async () => {
  const { keeper, bus, state, deaths } = await aKeeper()
  state('starting', 41)
  bus.tell({ type: 'condition', condition: 'stalled', text: 'its queue has died.' })
  state('running', 41)
  bus.tell({ type: 'condition', condition: 'stalled' })
  state('stopping', 41)
  await keeper.close()

  expect(deaths()).toEqual([])
})

test('a lost GPU explains an end without words, as long as it is lost', async () => {
  const { keeper, bus, state, die, deaths } = await aKeeper()
  bus.tell({ type: 'condition', condition: 'gpu-lost', text: 'The GPU is gone.' })
  state('starting', 41)
  die(41)
  bus.tell({ type: 'condition', condition: 'gpu-lost' })
  state('starting', 42)
  die(42)
  await keeper.close()

  expect(deaths().map(({ cause }) => cause)).toEqual(['gpu-lost', 'exit'])
})
