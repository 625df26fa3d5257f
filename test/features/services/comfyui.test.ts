import { expect, test } from 'vitest'
import { layoutOf, type Places } from '../../../src/base/layout.ts'
import type { Facts } from '../../../src/facts/facts.ts'
import { comfyuiService } from '../../../src/features/services/comfyui.ts'
import { planServices } from '../../../src/features/services/plan.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { aCard, aFacts, anImage, aSettings } from '../../support/world.ts'

const MOVED: Places = {
  mode: 'move',
  reason: 'a test',
  code: '/workspace/ComfyUI',
  base: '/workspace/ComfyUI',
  customNodes: '/workspace/ComfyUI/custom_nodes',
  models: '/workspace/ComfyUI/models',
  copies: false,
  layout: layoutOf('/workspace'),
}
const LINKED: Places = { ...MOVED, mode: 'link', code: '/opt/ComfyUI', base: '/workspace' }

type World = { settings?: Partial<Settings>; facts?: Partial<Facts>; places?: Places }

function service({ settings, facts, places = MOVED }: World = {}) {
  const all = { settings: aSettings(settings), facts: aFacts({ gpu: aCard(), ...facts }), places, env: {} }
  const { spec, problems } = comfyuiService(all)
  return { spec, args: spec.args.slice(1).join(' '), problems: problems.map((each) => each.message) }
}

test('a moved ComfyUI is told where to listen, and little else', () => {
  const { spec, args, problems } = service()
  expect(args).toBe('--listen 0.0.0.0 --port 8188 --log-stdout')
  expect(problems).toEqual([])
  expect(spec).toMatchObject({
    file: '/opt/venv/bin/python',
    cwd: '/workspace/ComfyUI',
    essential: true,
    restartMarker: '/workspace/.comfy-init/comfyui.reboot',
    logFile: '/workspace/.comfy-init/logs/comfyui.log',
    ready: { host: '127.0.0.1', port: 8188, path: '/prompt' },
  })
  expect(spec.args[0]).toBe('/workspace/ComfyUI/main.py')
})

test('a linked ComfyUI keeps all its state in the workspace, its database too', () => {
  expect(service({ places: LINKED }).args).toBe(
    '--listen 0.0.0.0 --port 8188 --base-directory /workspace --database-url sqlite:////workspace/user/comfyui.db --log-stdout',
  )
})

test('without a GPU it is started with --cpu', () => {
  expect(service({ settings: { gpu: 'off' } }).args).toContain('--cpu')
})

test('a model paths file is given when it says something, before words it could swallow', () => {
  const file = '--extra-model-paths-config /workspace/.comfy-init/extra-model-paths.yaml'
  expect(service({ facts: { modelPathsText: 'shared:\n  base_path: /m\n' } }).args).toMatch(
    `${file} --listen`,
  )
  expect(service({ facts: { modelPathsText: '' } }).args).not.toContain(file)
})

test('input and output are the person’s, else input is that of the shared tree', () => {
  const folders = new Set(['/shared/input'])
  expect(service({ facts: { folders } }).args).toContain('--input-directory /shared/input')
  const own = service({ facts: { folders }, settings: { inputFolder: '/in', outputFolder: '/out' } }).args
  expect(own).toContain('--input-directory /in --output-directory /out')
})

test('a flag that this ComfyUI does not know is not passed; without a list only the old ones are', () => {
  const flags = new Set(['--listen', '--port', '--base-directory'])
  const old = service({ places: LINKED, facts: { image: anImage({ flags }) } })
  expect(old.args).toBe('--listen 0.0.0.0 --port 8188 --base-directory /workspace')
  const unread = service({
    places: LINKED,
    settings: { gpu: 'off', args: ['--anything'] },
    facts: { image: anImage({ flags: new Set() }) },
  })
  expect(unread.args).toBe('--listen 0.0.0.0 --port 8188 --base-directory /workspace --cpu --anything')
  expect(unread.problems).toEqual([])
})

test('a ComfyUI without --base-directory cannot be linked', () => {
  const image = anImage({ flags: new Set(['--listen', '--port']) })
  const codes = (places: Places) =>
    planServices(aSettings(), aFacts({ image }), places).problems.map((problem) => problem.code)
  expect([codes(LINKED), codes(MOVED)]).toEqual([['COMFY_TOO_OLD'], []])
})

test('the person’s arguments come last, and their flags are theirs alone', () => {
  const { args, spec } = service({ settings: { args: ['--port=9000', '--listen', '10.0.0.5', '--verbose'] } })
  expect(args).toBe('--log-stdout --port=9000 --listen 10.0.0.5 --verbose')
  expect(spec.ready).toEqual({ host: '10.0.0.5', port: 9000, path: '/prompt' })
})

test('values with blanks and quotes stay one argument each', () => {
  const { spec } = service({ settings: { args: ['--output-directory', '/a b/"c"; rm -rf $HOME'] } })
  expect(spec.args.at(-1)).toBe('/a b/"c"; rm -rf $HOME')
})

test('a flag that ComfyUI does not know is told before it ends ComfyUI, with the one that was meant', () => {
  const { problems, spec } = service({ settings: { args: ['--lowvran', '--novra', '--cuda-dev=1'] } })
  expect(problems).toEqual(['Cannot find --lowvran among the arguments that ComfyUI knows.'])
  expect(spec.args).toContain('--lowvran')
  expect(spec.restart.hopeless).toEqual([2])
})

test('memory modes are left out with --cpu, which refuses them', () => {
  const { args, problems } = service({ settings: { gpu: 'off', args: ['--lowvram', '--fast'] } })
  expect(args).toBe('--listen 0.0.0.0 --port 8188 --log-stdout --cpu --fast')
  expect(problems).toEqual(['Cannot use --lowvram without a GPU.'])
})

test.each([
  [['--listen'], '127.0.0.1'],
  [['--listen', '::'], '::1'],
  [['--listen', 'fd00::5,127.0.0.1'], '127.0.0.1'],
  [['--listen', 'fd00::5'], 'fd00::5'],
])('listening by %j it is asked at %s', (args, host) => {
  expect(service({ settings: { args } }).spec.ready.host).toBe(host)
})

test('with TLS a connection is enough', () => {
  const args = ['--tls-keyfile', '/k', '--tls-certfile', '/c']
  expect(service({ settings: { args } }).spec.ready).toMatchObject({ over: 'tls' })
})

test('the restart policy is that of the settings', () => {
  const settings = { restart: 'always', restartLimit: 7, restartWindowMs: 90_000 } as const
  expect(service({ settings }).spec.restart).toMatchObject({ when: 'always', limit: 7, windowMs: 90_000 })
})

test.each([
  ['a recent ComfyUI has a safe mode', {}, true],
  ['it can be switched off', { settings: { safeMode: 'off' } }, false],
  [
    'a ComfyUI that cannot leave nodes out has none',
    { facts: { image: anImage({ flags: new Set(['--port']) }) } },
    false,
  ],
  ['one that was started so already has none', { settings: { args: ['--disable-all-custom-nodes'] } }, false],
] as const)('%s', (_, world, has) => {
  expect(service(world as World).spec.restart.hasSafeMode).toBe(has)
})

test('the kernel is to choose it first, and its limit of open files is the one that was set, if any', () => {
  expect(service().spec).toMatchObject({ oomScore: 500 })
  expect(service().spec).not.toHaveProperty('openFiles')
  expect(service({ settings: { openFiles: 4096 } }).spec.openFiles).toBe(4096)
})

test('a ladder of one’s own is used as it is while it fits the grace', () => {
  const stopLadder = [
    { signal: 'SIGTERM', graceMs: 3000 },
    { signal: 'SIGKILL', graceMs: 1000 },
  ] as const
  expect(service({ settings: { stopLadder, stopGraceMs: 8000 } }).spec.stop).toEqual(stopLadder)
})

test('a ladder of one’s own that is longer than the grace is made to fit, each rung in proportion', () => {
  const stopLadder = [
    { signal: 'SIGTERM', graceMs: 12_000 },
    { signal: 'SIGKILL', graceMs: 4000 },
  ] as const
  expect(service({ settings: { stopLadder, stopGraceMs: 8000 } }).spec.stop).toEqual([
    { signal: 'SIGTERM', graceMs: 6000 },
    { signal: 'SIGKILL', graceMs: 2000 },
  ])
})

test('it is stopped by INT, then TERM, then KILL, all within the grace', () => {
  const { stop } = service({ settings: { stopGraceMs: 8000 } }).spec
  expect(stop.map(({ signal }) => signal)).toEqual(['SIGINT', 'SIGTERM', 'SIGKILL'])
  expect(stop.reduce((sum, { graceMs }) => sum + graceMs, 0)).toBeCloseTo(8000)
})
