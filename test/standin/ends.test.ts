import { access, readdir, readFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'
import { makePlace, type Place, type Running, type StartOptions, startComfyui, startReady } from './start.ts'

let place: Place
beforeAll(async () => {
  place = await makePlace()
  return place.remove
})

const exits = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

function endingWithTest(running: Running): Running {
  onTestFinished(async () => {
    running.kill('SIGKILL')
    await running.end
  })
  return running
}

async function ready(options: StartOptions = {}): Promise<Running> {
  return endingWithTest(await startReady(place, options))
}

async function startNow(options: StartOptions = {}): Promise<Running> {
  return endingWithTest(await startComfyui(place, options))
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const tasks = await readdir(`/proc/${pid}/task`)
  const lists = tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8'))
  return (await Promise.all(lists)).join(' ').split(' ').filter(Boolean).map(Number)
}

describe('signals', () => {
  it('INT stops it with 0 and removes the temp folder', async () => {
    const comfyui = await ready()
    expect(await exits(join(place.base, 'temp'))).toBe(true)
    comfyui.kill('SIGINT')
    expect(await comfyui.end).toEqual({ code: 0, signal: null })
    expect(comfyui.err()).toContain('\nStopped server')
    expect(await exits(join(place.base, 'temp'))).toBe(false)
  })

  it('INT stops it with 0 while a prompt runs', async () => {
    const comfyui = await ready()
    const image = { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } }
    const slow = { class_type: 'SlowNode', inputs: { image: ['1', 0], steps: 1000, mode: 'ok' } }
    const save = { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'x' } }
    const body = JSON.stringify({ prompt: { 1: image, 2: slow, 3: save } })
    await fetch(`${comfyui.url}/prompt`, { method: 'POST', body })
    const running = async () => (await fetch(`${comfyui.url}/queue`)).text()
    await until(async () => (await running()).includes('"queue_running": [['), 'the prompt to run')
    comfyui.kill('SIGINT')
    expect(await comfyui.end).toEqual({ code: 0, signal: null })
  })

  it('TERM is not handled: it dies by it and leaves the temp folder, which the next start removes', async () => {
    const comfyui = await ready()
    comfyui.kill('SIGTERM')
    expect(await comfyui.end).toEqual({ code: null, signal: 'SIGTERM' })
    expect(await exits(join(place.base, 'temp'))).toBe(true)
    const next = await startNow({ args: ['--quick-test-for-ci'] })
    expect(await next.end).toEqual({ code: 0, signal: null })
    expect(await exits(join(place.base, 'temp'))).toBe(false)
  })

  it('INT while it imports kills it with a traceback, and nothing listened before', async () => {
    const comfyui = await startNow({ env: { STANDIN_IMPORT_S: '30' } })
    await until(() => comfyui.err().includes('Setting base directory'), 'the start of the log')
    await expect(fetch(`${comfyui.url}/prompt`)).rejects.toThrow()
    comfyui.kill('SIGINT')
    expect(await comfyui.end).toEqual({ code: null, signal: 'SIGINT' })
    expect(comfyui.err()).toContain('KeyboardInterrupt')
  })

  it('it can be deaf to INT and TERM', async () => {
    const comfyui = await ready({ env: { STANDIN_IGNORE_INT: '1', STANDIN_IGNORE_TERM: '1' } })
    comfyui.kill('SIGINT')
    comfyui.kill('SIGTERM')
    expect((await fetch(`${comfyui.url}/prompt`)).status).toBe(200)
  })
})

describe('exit codes', () => {
  it.each([
    [['--nope'], 'unrecognized arguments: --nope'],
    [['--lowvram', '--novram'], 'not allowed with argument'],
    [['--user-directory', '/nope'], "The path '/nope' does not exist."],
    [['--verbose', 'ZZZ'], '--verbose expects no values'],
  ])('%j is refused with 2', async (args, message) => {
    const comfyui = await startNow({ bare: true, args })
    expect(await comfyui.end).toEqual({ code: 2, signal: null })
    expect(comfyui.err()).toContain(message)
  })

  it('without --cpu and without a GPU it exits 1, with a GPU it starts', async () => {
    const args = ['--base-directory', place.base, '--quick-test-for-ci']
    const without = await startNow({ bare: true, args })
    expect(await without.end).toEqual({ code: 1, signal: null })
    expect(without.err()).toContain('AssertionError: Torch not compiled with CUDA enabled')
    const withOne = await startNow({ bare: true, args, env: { STANDIN_CUDA: '1' } })
    expect(await withOne.end).toEqual({ code: 0, signal: null })
    expect(withOne.err()).toContain('Device: cuda:0')
  })

  it('a port in use ends it with 1 after the whole start', async () => {
    const first = await ready()
    const second = await startNow({ port: first.port })
    expect(await second.end).toEqual({ code: 1, signal: null })
    expect(second.err()).toContain(
      `Starting server\n\n\u001b[1m\u001b[31m[ERROR]\u001b[0m Port ${first.port} is already in use`,
    )
  })

  it('a base directory without custom_nodes ends it with 1', async () => {
    const empty = await tempFolder()
    const comfyui = await startNow({ args: ['--base-directory', empty] })
    expect(await comfyui.end).toEqual({ code: 1, signal: null })
    expect(comfyui.err()).toContain('FileNotFoundError')
    expect(await readdir(empty)).toEqual(['input'])
  })

  it.each([
    ['7', { code: 7, signal: null }],
    ['-11', { code: null, signal: 'SIGSEGV' }],
    ['3@ready', { code: 3, signal: null }],
    ['-9@0.01', { code: null, signal: 'SIGKILL' }],
  ])('STANDIN_EXIT=%s ends it so', async (STANDIN_EXIT, end) => {
    const comfyui = await startNow({ env: { STANDIN_EXIT } })
    expect(await comfyui.end).toEqual(end)
    expect(comfyui.err().includes('To see the GUI')).toBe(STANDIN_EXIT.includes('@'))
  })
})

describe('the restart of the Manager', () => {
  const reboot = (comfyui: Running, headers = {}) =>
    fetch(`${comfyui.url}/v2/manager/reboot`, { method: 'POST', headers })
  const args = ['--enable-manager']

  it('leaves a mark and exits 0 under a supervisor that says where', async () => {
    const mark = join(await tempFolder(), 'session')
    const comfyui = await ready({ args, env: { __COMFY_CLI_SESSION__: mark } })
    await expect(reboot(comfyui)).rejects.toThrow()
    expect(await comfyui.end).toEqual({ code: 0, signal: null })
    expect(await exits(`${mark}.reboot`)).toBe(true)
  })

  it('replaces the program in the same process when nobody supervises it', async () => {
    const comfyui = await ready({ args })
    await expect(reboot(comfyui)).rejects.toThrow()
    const starts = () => comfyui.err().split('To see the GUI').length - 1
    await until(() => starts() === 2, 'the second start')
    expect(comfyui.out()).toContain('Restarting... [Legacy Mode]')
    comfyui.kill('SIGINT')
    expect(await comfyui.end).toEqual({ code: 0, signal: null })
  })

  it('is refused as a form, and is not there without the Manager', async () => {
    const comfyui = await ready({ args })
    expect((await reboot(comfyui, { 'Content-Type': 'text/plain' })).status).toBe(400)
    const bare = await ready({ args, env: { STANDIN_NO_MANAGER: '1' } })
    expect((await reboot(bare)).status).toBe(405)
    expect(bare.err()).toContain('must be installed first')
  })
})

describe('what it leaves behind', () => {
  it('orphans are adopted by somebody else and end', async () => {
    const comfyui = await ready({ env: { STANDIN_ORPHANS: '150' } })
    expect(comfyui.err()).toContain('Stand-in: left 150 orphans')
    expect(await childrenOf(comfyui.pid)).toEqual([])
  })

  it('a grandchild stays when it is gone, deaf to INT and TERM if it is stubborn', async () => {
    const comfyui = await ready({ env: { STANDIN_GRANDCHILD: 'stubborn' } })
    const pid = Number(/grandchild (\d+)/.exec(comfyui.err())?.[1])
    onTestFinished(() => void process.kill(pid, 'SIGKILL'))
    expect(await childrenOf(comfyui.pid)).toEqual([pid])
    comfyui.kill('SIGKILL')
    await comfyui.end
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const ignored = Number.parseInt(/SigIgn:\s+([0-9a-f]+)/.exec(status)?.[1] ?? '0', 16)
    const deafTo = [constants.signals.SIGINT, constants.signals.SIGTERM].filter(
      (it) => ignored & (1 << (it - 1)),
    )
    expect(deafTo).toEqual([2, 15])
  })
})
