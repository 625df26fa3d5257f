import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ImportRecord } from '../../../src/base/node.ts'
import { secret } from '../../../src/base/secret.ts'
import { type Checking, checkImports } from '../../../src/features/node-check/check-imports.ts'
import { begin } from '../../../src/features/node-check/trying.ts'
import { realHost } from '../../../src/host/host.ts'
import { GOOD, someNodes, writeNode } from '../../support/node-trials.ts'
import { until } from '../../support/until.ts'

const HOST = realHost()

const resultsOf = ({ nodes }: ImportRecord) =>
  Object.fromEntries(Object.entries(nodes).map(([name, { result }]) => [name, result]))

const startsIn = async ({ logFile }: Checking) =>
  (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.startsWith('— ComfyUI '))

/** ComfyUI does not start with the overlay, and does without. */
async function withBadOverlay(checking: Checking & { readonly base: string }): Promise<Checking> {
  const { base, service } = checking
  for (const path of [
    'overlay/yaml.py',
    'overlay/bad.pth',
    'overlay/own.py',
    'image/yaml.py',
    'image/own.txt',
  ]) {
    await mkdir(`${base}/${path.split('/')[0]}`, { recursive: true })
    await writeFile(`${base}/${path}`, '')
  }
  const overlaid = {
    ...{ path: `${base}/overlay`, site: `${base}/overlay`, sites: [`${base}/image`] },
    ...{ packages: ['pillow', 'new'], versions: new Map([['pillow', '1']]) },
  }
  const env = { ...service.env, STANDIN_EXIT: '7' }
  return { ...checking, service: { ...service, env }, plain: { service, overlaid } }
}

test('an overlay that ComfyUI does not start with is blamed, and nodes are imported without it', async () => {
  const checking = await withBadOverlay(await someNodes({ a: GOOD, b: 'exit(1)', c: 'import nowhere' }))
  const record = await checkImports(HOST, checking)
  expect(record.failure).toMatchObject({
    code: 'OVERLAY_BREAKS_COMFYUI',
    details: { packages: 'pillow, bad.pth, yaml.py', overlay: checking.plain?.overlaid.path },
    temporary: false,
  })
  expect(resultsOf(record)).toEqual({ a: 'ok', b: 'breaks-start', c: 'failed' })
})

test('an overlay is blamed also where ComfyUI cannot leave out some nodes', async () => {
  const checking = await withBadOverlay(await someNodes({ a: GOOD }, { canLeaveOut: false }))
  const record = await checkImports(HOST, checking)
  expect(record.failure?.code).toBe('OVERLAY_BREAKS_COMFYUI')
  expect(resultsOf(record)).toEqual({ a: 'ok' })
})

test('an overlay is not blamed where ComfyUI does not start without it either', async () => {
  const bad = await withBadOverlay(await someNodes({ a: GOOD }))
  const plain = bad.plain && { ...bad.plain, service: bad.service }
  const record = await checkImports(HOST, { ...bad, plain })
  expect(record.failure?.code).toBe('COMFYUI_FAILS_WITHOUT_NODES')
})

const STUBBORN =
  'import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(60)'

test('a node that hangs and is deaf to an interrupt is found by its name', async () => {
  const limits = { limitMs: 3000, totalMs: 15_000 }
  const record = await checkImports(HOST, await someNodes({ a: GOOD, deaf: STUBBORN, z: GOOD }, limits))
  expect(record.failure).toBeUndefined()
  expect(resultsOf(record)).toEqual({ a: 'ok', deaf: 'breaks-start', z: 'ok' })
})

test('without time to confirm it the node that ComfyUI was at is left out all the same', async () => {
  const limits = { limitMs: 3000, totalMs: 3000 }
  const record = await checkImports(HOST, await someNodes({ a: GOOD, deaf: STUBBORN, z: GOOD }, limits))
  expect(record.failure).toMatchObject({ code: 'NODE_CHECK_UNDECIDED', details: { without: 'deaf' } })
  expect(resultsOf(record)).toEqual({ a: 'not-loaded', deaf: 'breaks-start', z: 'not-loaded' })
})

test('of a node that ends ComfyUI without a traceback the line that was printed last is kept', async () => {
  const checking = await someNodes({ a: GOOD, b: 'print("no licence for hush")\nexit(4)', c: GOOD }, {})
  const record = await checkImports(HOST, { ...checking, secrets: [secret('hush')] })
  expect(record.nodes.b?.line).toBe('it ended with exit code 4; its last line: no licence for ***')
})

test('what ended comfy-init twice is not tried a third time, and what changed since the last check is left out', async () => {
  const checking = await someNodes({ a: GOOD, old: GOOD })
  await checkImports(HOST, checking)
  const { atMs } = JSON.parse(await readFile(checking.importsFile, 'utf8'))
  await until(async () => {
    await writeNode(checking.base, 'killer', 'import os; os._exit(1)')
    const path = `${checking.base}/custom_nodes/killer/__init__.py`
    return ((await HOST.fs.look(path))?.ctimeMs ?? 0) > atMs
  }, 'the clock to move on')
  const next = { ...checking, asked: 'with killer' }
  // Nothing more is left by a check that is killed.
  expect([await begin(HOST, next), await begin(HOST, next), await begin(HOST, next)]).toEqual([
    true,
    true,
    false,
  ])
  const record = await checkImports(HOST, next)
  expect(await startsIn(next)).toEqual([])
  expect(record.failure).toMatchObject({ code: 'NODE_CHECK_UNDECIDED', details: { without: 'killer' } })
  expect(resultsOf(record)).toEqual({ a: 'not-loaded', old: 'not-loaded', killer: 'breaks-start' })
  expect(await begin(HOST, next)).toBe(true)
})

test('a check that ends, or is of other nodes, is not counted as one that was cut', async () => {
  const checking = await someNodes({ a: GOOD })
  for (const asked of ['1', '1', '2', '1']) expect(await begin(HOST, { ...checking, asked })).toBe(true)
  for (let turn = 0; turn < 3; turn++)
    expect(resultsOf(await checkImports(HOST, checking))).toEqual({ a: 'ok' })
})
