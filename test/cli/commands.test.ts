import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { PlanView } from '../../src/app/plan-only.ts'
import { layoutOf } from '../../src/base/layout.ts'
import { Problem } from '../../src/base/problem.ts'
import type { Acts } from '../../src/cli/desk.ts'
import { lastLines } from '../../src/cli/logs.ts'
import { answer } from '../../src/cli/main.ts'
import type { Host } from '../../src/host/host.ts'
import { doorsOn } from '../../src/http/doors.ts'
import { aDesk, capturingHost } from '../support/desk.ts'
import { aBehind, aStatus } from '../support/status.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'
import { aFacts, aSettings } from '../support/world.ts'

const ENTRY = join(import.meta.dirname, '../support/cli-entry.ts')

const PROBLEM = new Problem('NOT_RUNNING', { instance: 'x', tried: [] })

test('plan prints the steps in order and ends with the code that a start would refuse with', async () => {
  const { host, out } = capturingHost()
  const planOnly = async () => aPlan([PROBLEM.in('docker')])

  expect(await answer(aDesk(host, { planOnly }), ['plan'])).toBe(69)
  expect(out()).toContain('ComfyUI starts from /workspace/ComfyUI')
  expect(out()).toContain('  1. Link the place (as root)\n     /opt/ComfyUI\n')
  expect(out()).toContain('1 problem\n')
})

test('plan and doctor hand arguments for ComfyUI on, as run does', async () => {
  const { host } = capturingHost()
  const asked: (readonly string[])[] = []
  const planOnly: Acts['planOnly'] = async (_, { comfyArgs }) => {
    asked.push(comfyArgs)
    return aPlan([])
  }
  const doctor: Acts['doctor'] = async (_, { comfyArgs }) => {
    asked.push(comfyArgs)
    return { facts: aFacts(), processes: { first: 'tini', zombies: 0 }, problems: [] }
  }
  const desk = aDesk(host, { planOnly, doctor })
  await answer(desk, ['plan', '--gpu=off', '--', '--lowvram', '--json'])
  await answer(desk, ['doctor', '--', '--port', '9'])

  expect(asked).toEqual([
    ['--lowvram', '--json'],
    ['--port', '9'],
  ])
})

test('plan --json is the plan as one document, with 0 when nothing stands in the way', async () => {
  const { host, out } = capturingHost()

  expect(await answer(aDesk(host, { planOnly: async () => aPlan([]) }), ['plan', '--json'])).toBe(0)
  expect(JSON.parse(out())).toEqual(aPlan([]))
})

test('doctor prints facts and problems, as text and as one document', async () => {
  const processes = { first: 'tini', zombies: 2 }
  const view = { facts: aFacts(), processes, problems: [PROBLEM.in('docker')] }
  const asText = capturingHost()
  const asJson = capturingHost()
  const doctor = async () => view

  expect(await answer(aDesk(asText.host, { doctor }), ['doctor'])).toBe(69)
  expect(asText.out()).toMatch(/^ComfyUI as {2,}1000:1000 \(default\)$/m)
  expect(asText.out()).toMatch(/^PID 1 {2,}tini, 2 zombies$/m)
  expect(asText.out()).toMatch(/^port 8188 {2,}free on 0\.0\.0\.0, for comfyui \(COMFY_PORT\)$/m)
  await answer(aDesk(asJson.host, { doctor }), ['doctor', '--json'])
  const document = JSON.parse(asJson.out())
  expect(document.facts.image.flags).toContain('--lowvram')
  expect(document.program.pid).toBe(process.pid)
})

test('status is read over the socket, restart acts over it, and an unknown service is named', async () => {
  const { desk, behind, out, err } = await aRunning()

  expect(await answer(desk, ['status', '--json'])).toBe(0)
  expect(JSON.parse(out())).toEqual(aStatus())
  expect(await answer(desk, ['restart', 'comfyui'])).toBe(0)
  expect(behind.asked).toEqual(['restart comfyui'])
  expect(await answer(desk, ['stop', 'comfyu'])).toBe(64)
  expect(err()).toContain('Did you mean «comfyui»?')
})

test('status as text has services, steps, addresses and problems', async () => {
  const { desk, out } = await aRunning()
  await answer(desk, ['status'])

  expect(out()).toContain('comfy is ready (comfy-init 1.2.3')
  expect(out()).toMatch(/^comfyui {2,}running {2,}pid 42, restarts: 1$/m)
  expect(out()).toMatch(/^Move ComfyUI {2,}done {2,}8\.1 s$/m)
  expect(out()).toContain('warning  Cannot <b>do</b> it.')
})

test('without a running comfy-init the person is told where it was looked for: 69', async () => {
  const { host, err } = capturingHost()
  const folder = await tempFolder()
  const settings = aSettings({ runtimeFolder: folder, httpPort: 1 })
  const desk = aDesk(host, { ask: async () => ({ settings, origins: NO_ORIGINS, problems: [] }) })

  expect(await answer(desk, ['restart', 'comfyui'])).toBe(69)
  expect(err()).toContain(`${folder}/control.sock`)
  expect(await answer(desk, ['status'])).toBe(69)
})

test('logs prints the last lines of the file, and follows what is added and rotated', async () => {
  const { desk, out, signals, logFile } = await aRunning()
  await writeFile(logFile, Array.from({ length: 300 }, (_, at) => `line ${at}\n`).join(''))

  expect(await answer(desk, ['logs', 'comfyui', '--lines', '2'])).toBe(0)
  expect(out()).toBe('line 298\nline 299\n')

  const following = answer(desk, ['logs', 'comfyui', '--lines=0', '-f'])
  await until(() => signals.size === 2, 'the signal handlers')
  await appendFile(logFile, 'added\n')
  await until(() => out().endsWith('added\n'), 'the added line')
  await writeFile(logFile, 'rotated\n')
  await until(() => out().endsWith('rotated\n'), 'the line of the new file')
  signals.get('SIGINT')?.()
  expect(await following).toBe(130)
})

test('following ends when nobody reads any more', async () => {
  const workspace = await tempFolder()
  const logFile = `${layoutOf(workspace).logs}/comfyui.log`
  await mkdir(layoutOf(workspace).logs, { recursive: true })
  await writeFile(logFile, 'first\n')
  const env = { PATH: process.env.PATH, COMFY_WORKSPACE: workspace, COMFY_RUNTIME_DIR: `${workspace}/none` }
  const child = spawn(process.execPath, [ENTRY, 'logs', '-f', 'comfyui'], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  let isOver = false
  child.once('exit', () => {
    isOver = true
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()

  await until(async () => {
    await appendFile(logFile, 'more\n')
    return isOver
  }, 'the end of the program')
  expect(child.exitCode).toBe(0)
})

test('logs of a program that runs no more are still found in the workspace', async () => {
  const { host, out, err } = capturingHost()
  const workspace = await tempFolder()
  const settings = aSettings({ workspace, runtimeFolder: `${workspace}/none` })
  const desk = aDesk(host, { ask: async () => ({ settings, origins: NO_ORIGINS, problems: [] }) })
  await host.fs.makeFolder(layoutOf(workspace).logs)
  await writeFile(`${layoutOf(workspace).logs}/comfyui.log`, 'the end\n')

  expect(await answer(desk, ['logs', 'comfyui'])).toBe(0)
  expect(out()).toBe('the end\n')
  expect(await answer(desk, ['logs', '../settings'])).toBe(69)
  expect(err()).toContain('(NOT_RUNNING)')
})

test.each([
  ['a\nb\nc\n', 2, 'b\nc\n'],
  ['a\nb\nc', 2, 'b\nc'],
  ['a\nb', 9, 'a\nb'],
  ['a\n', 0, ''],
  ['', 3, ''],
])('the last lines of %j, %d of them, are %j', (text, count, expected) => {
  expect(Buffer.from(lastLines(Buffer.from(text), count)).toString()).toBe(expected)
})

function aPlan(problems: PlanView['problems']): PlanView {
  return {
    places: {
      mode: 'move',
      reason: 'the workspace is a writable mount.',
      code: '/workspace/ComfyUI',
      base: '/workspace/ComfyUI',
      customNodes: '/workspace/ComfyUI/custom_nodes',
      models: '/workspace/ComfyUI/models',
      copies: false,
      layout: layoutOf('/workspace'),
    },
    runtime: 'docker',
    steps: [
      { id: 'workspace/link', title: 'Link the place', changes: ['/opt/ComfyUI'], as: 'root' },
      { id: 'nodes/clone', title: 'Clone nodes', changes: [], as: 'user' },
    ],
    problems,
  }
}

const NO_ORIGINS = {} as Awaited<ReturnType<ReturnType<typeof aDesk>['acts']['ask']>>['origins']

/** A running comfy-init behind real doors in a folder of its own; signals are kept instead of listened to. */
async function aRunning() {
  const signals = new Map<string, () => void>()
  const keep: Host['signals']['on'] = (name, call) => {
    signals.set(name, call)
    return () => signals.delete(name)
  }
  const base = capturingHost()
  const host = { ...base.host, signals: { ...base.host.signals, on: keep } }
  const folder = await tempFolder()
  const logFile = `${folder}/comfyui.log`
  const behind = aBehind({ logFile: (service) => (service === 'comfyui' ? logFile : undefined) })
  const doors = await doorsOn(host)(behind, { host: '127.0.0.1', port: 0, socket: `${folder}/control.sock` })
  onTestFinished(doors.close)
  const settings = aSettings({ runtimeFolder: folder })
  const desk = aDesk(host, { ask: async () => ({ settings, origins: NO_ORIGINS, problems: [] }) })
  return { ...base, desk, behind, signals, logFile }
}
