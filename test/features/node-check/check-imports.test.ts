import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ImportRecord } from '../../../src/base/node.ts'
import { secret } from '../../../src/base/secret.ts'
import { type Checking, checkImports } from '../../../src/features/node-check/check-imports.ts'
import { realHost } from '../../../src/host/host.ts'
import { GOOD, someNodes, writeNode } from '../../support/node-trials.ts'
import { until } from '../../support/until.ts'

const HOST = realHost()

const resultsOf = ({ nodes }: ImportRecord) =>
  Object.fromEntries(Object.entries(nodes).map(([name, { result }]) => [name, result]))

const startsIn = async ({ logFile }: Checking) =>
  (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.startsWith('— ComfyUI '))

test('each node is imported, and the record of it is kept', async () => {
  const checking = await someNodes({ one: GOOD, two: GOOD })
  const record = await checkImports(HOST, checking)
  expect(resultsOf(record)).toEqual({ one: 'ok', two: 'ok' })
  expect(record.nodes.one?.seconds).toBeGreaterThanOrEqual(0)
  expect(JSON.parse(await readFile(checking.importsFile, 'utf8'))).toEqual(record)
  expect(await startsIn(checking)).toHaveLength(1)
  expect(existsSync(checking.scratch)).toBe(false)
  expect(existsSync(`${checking.base}/user/comfyui.db`)).toBe(false)
})

test('a node that cannot be imported fails alone, with the last line of its traceback', async () => {
  const checking = await someNodes({ bad: 'import nowhere_to_be_found', good: GOOD, bare: 'x = 1' })
  const { nodes } = await checkImports(HOST, checking)
  expect(nodes.good?.result).toBe('ok')
  expect(nodes.bad).toMatchObject({
    result: 'failed',
    line: "ModuleNotFoundError: No module named 'nowhere_to_be_found'",
  })
  expect(nodes.bare).toMatchObject({
    result: 'failed',
    line: expect.stringContaining('lack of NODE_CLASS_MAPPINGS'),
  })
})

test.each([
  ['that exits with 1', 'import sys; sys.exit(1)', 'it ended with exit code 1'],
  ['that exits with 0', 'import sys; sys.exit(0)', 'it ended with exit code 0'],
  ['that aborts', 'import os; os.abort()', 'Fatal Python error: Aborted'],
  ['that kills itself', 'import os; os.kill(os.getpid(), 9)', 'it was ended by SIGKILL'],
  ['that is deaf to an interrupt of import', 'raise KeyboardInterrupt("me")', 'KeyboardInterrupt: me'],
] as const)('of ten nodes the one %s is found', async (_, code, line) => {
  const others = Object.fromEntries([...'abcdfghij'].map((name) => [name, GOOD]))
  const checking = await someNodes({ ...others, e: code })
  const { nodes, failure } = await checkImports(HOST, checking)
  expect(failure).toBeUndefined()
  expect(nodes.e).toMatchObject({ result: 'breaks-start', line })
  expect(Object.values(nodes).filter(({ result }) => result === 'ok')).toHaveLength(9)
  // All, all by name, all but the one.
  expect((await startsIn(checking)).length).toBeLessThanOrEqual(3)
})

test('a node that hangs is found by where it was interrupted', async () => {
  const nodes = { a: GOOD, hangs: 'import time\nwhile True: time.sleep(60)', z: GOOD }
  const checking = await someNodes(nodes, { limitMs: 4000, totalMs: 60_000 })
  const record = await checkImports(HOST, checking)
  expect(record.nodes.hangs).toMatchObject({ result: 'breaks-start', line: 'it was not done within 4 s' })
  expect(resultsOf(record)).toMatchObject({ a: 'ok', z: 'ok' })
  expect(await startsIn(checking)).toHaveLength(2)
})

test('two nodes that each break the start are both found', async () => {
  const checking = await someNodes({ a: GOOD, b: 'exit(3)', c: GOOD, d: 'import os; os.abort()', e: GOOD })
  const record = await checkImports(HOST, checking)
  expect(resultsOf(record)).toEqual({ a: 'ok', b: 'breaks-start', c: 'ok', d: 'breaks-start', e: 'ok' })
})

test('of two nodes that only break together one is left out', async () => {
  const pair = 'import builtins, sys\nif hasattr(builtins, "met"): sys.exit(5)\nbuiltins.met = 1'
  const checking = await someNodes({ a: GOOD, b: `${pair}\n${GOOD}`, c: GOOD, d: `${pair}\n${GOOD}` })
  const record = await checkImports(HOST, checking)
  expect(Object.values(resultsOf(record)).toSorted()).toEqual(['breaks-start', 'ok', 'ok', 'ok'])
})

test('a node whose route breaks the start after its import is found', async () => {
  const late =
    'import folder_paths\ndef bad(*_): raise RuntimeError("no folder")\nfolder_paths.get_user_directory = bad\n'
  const later = 'import app.database as d\ndef bad(): raise RuntimeError("late")\nd.setup_database = bad\n'
  const checking = await someNodes({ a: GOOD, b: `${late}${later}${GOOD}`, c: GOOD })
  const record = await checkImports(HOST, checking)
  expect(record.nodes.b).toMatchObject({ result: 'breaks-start', line: 'RuntimeError: late' })
})

test('no node is blamed for a ComfyUI that does not start without any', async () => {
  const checking = await someNodes({ a: GOOD, b: GOOD })
  const env = { ...checking.service.env, STANDIN_EXIT: '7' }
  const record = await checkImports(HOST, { ...checking, service: { ...checking.service, env } })
  expect(record.failure).toMatchObject({ code: 'COMFYUI_FAILS_WITHOUT_NODES', temporary: true })
  expect(resultsOf(record)).toEqual({ a: 'not-loaded', b: 'not-loaded' })
})

test('where ComfyUI cannot leave out some, the one that changed last is only suspected', async () => {
  const checking = await someNodes({ a: GOOD }, { canLeaveOut: false })
  const { ctimeMs = 0 } = (await HOST.fs.look(`${checking.base}/custom_nodes/a/__init__.py`)) ?? {}
  await until(async () => {
    await writeNode(checking.base, 'b', 'exit(1)')
    const entry = await HOST.fs.look(`${checking.base}/custom_nodes/b/__init__.py`)
    return (entry?.ctimeMs ?? 0) > ctimeMs
  }, 'the clock to move on')
  const record = await checkImports(HOST, checking)
  expect(resultsOf(record)).toEqual({ a: 'not-loaded', b: 'not-loaded' })
  expect(record.failure).toMatchObject({ code: 'NODE_CHECK_UNDECIDED', details: { newest: 'b' } })
  expect(await startsIn(checking)).toHaveLength(1)
})

test('what is left out is not loaded, and what is known of it is kept', async () => {
  const known = { result: 'breaks-start', line: 'x', seconds: undefined } as const
  const checking = await someNodes({ a: GOOD, B: 'exit(1)' }, { leave: new Set(['b']), known: { B: known } })
  const record = await checkImports(HOST, checking)
  expect(resultsOf(record)).toEqual({ a: 'ok', B: 'breaks-start' })
})

test('a thread that never ends keeps nobody waiting once all nodes are loaded', async () => {
  const thread = 'import threading, time\nthreading.Thread(target=lambda: time.sleep(600)).start()'
  const checking = await someNodes({ a: `${thread}\n${GOOD}` }, { limitMs: 4000 })
  expect(resultsOf(await checkImports(HOST, checking))).toEqual({ a: 'ok' })
})

test('a node that silences the log is no reason to blame it', async () => {
  const checking = await someNodes({ a: `import logging; logging.disable(logging.CRITICAL)\n${GOOD}` })
  const record = await checkImports(HOST, checking)
  expect(record.failure).toBeUndefined()
  expect(resultsOf(record)).toEqual({ a: 'not-loaded' })
})

test('a node that prints 100 MB is read to its end, and a bounded part is kept', async () => {
  const loud = 'import os\nfor _ in range(1600): os.write(1, (b"x" * 1023 + b"\\n") * 64)'
  const checking = await someNodes({ loud: `${loud}\n${GOOD}`, other: GOOD })
  expect(resultsOf(await checkImports(HOST, checking))).toEqual({ loud: 'ok', other: 'ok' })
  const log = await readFile(checking.logFile, 'utf8')
  expect(log.length).toBeLessThan(700_000)
  expect(log).toMatch(/characters are left out here/)
})

test('what a node leaves running is ended, whatever group it went to', async () => {
  const fork = [
    'import os, time',
    'if os.fork() == 0:',
    '    os.setsid()',
    '    if os.fork() == 0:',
    '        open(os.environ["LEFT"], "w").write(str(os.getpid()))',
    '        time.sleep(600)',
    '    os._exit(0)',
    'while not os.path.exists(os.environ["LEFT"]): time.sleep(0.01)',
  ]
  const checking = await someNodes({ a: `${fork.join('\n')}\n${GOOD}` })
  const env = { ...checking.service.env, LEFT: `${checking.base}/left` }
  await checkImports(HOST, { ...checking, service: { ...checking.service, env } })
  const pid = Number(await readFile(`${checking.base}/left`, 'utf8'))
  expect(pid).toBeGreaterThan(0)
  await until(async () => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')
    return / Z /.test(`${stat.slice(stat.lastIndexOf(')') + 1)} `)
  }, 'the process that was left to end')
})

test('a start that ComfyUI-Manager needs to install is followed by another one', async () => {
  const manager = [
    'import os',
    'if not os.path.exists("installed"):',
    '    open("installed", "w").close()',
    '    open(os.environ["__COMFY_CLI_SESSION__"] + ".reboot", "w").close()',
    '    os._exit(0)',
  ]
  const checking = await someNodes({ manager: `${manager.join('\n')}\n${GOOD}` })
  expect(resultsOf(await checkImports(HOST, checking))).toEqual({ manager: 'ok' })
  expect(await startsIn(checking)).toHaveLength(2)
})

test('secrets that nodes print are not kept', async () => {
  const leak = 'raise ValueError("the token is hush-hush-7")'
  const checking = await someNodes({ a: leak }, { secrets: [secret('hush-hush-7')] })
  const record = await checkImports(HOST, checking)
  expect(record.nodes.a?.line).toBe('ValueError: the token is ***')
  expect(await readFile(checking.logFile, 'utf8')).not.toContain('hush-hush-7')
})

test('a check that is called off ends what it started and keeps no record', async () => {
  const off = new AbortController()
  const nodes = { a: 'import os, time\nopen("here", "w").write(str(os.getpid()))\ntime.sleep(600)' }
  const checking = await someNodes(nodes, { signal: off.signal })
  const running = checkImports(HOST, checking)
  const pid = await until(
    async () => Number(await readFile(`${checking.base}/here`, 'utf8').catch(() => '0')) || undefined,
    'the node',
  )
  off.abort(new Error('called off'))
  await expect(running).rejects.toThrow('called off')
  expect(HOST.signals.send(pid, 0)).toBe(false)
  expect(existsSync(checking.importsFile)).toBe(false)
})

test('a file that is a node is checked as well, and one that is none is not', async () => {
  const checking = await someNodes({ a: GOOD })
  await writeFile(`${checking.base}/custom_nodes/single.py`, GOOD)
  await writeFile(`${checking.base}/custom_nodes/readme.txt`, GOOD)
  expect(resultsOf(await checkImports(HOST, checking))).toEqual({ a: 'ok', 'single.py': 'ok' })
})
