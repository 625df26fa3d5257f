import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Box, makeBox, type RunOptions } from '../support/container.ts'
import { addNode, LOUDLY } from '../support/loud-node.ts'
import { makeWorld } from '../support/story.ts'
import { program } from '../support/supervised.ts'

const PID_1 = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']

/** Ways to come onto a terminal: as a runtime starts PID 1, under each reaper; and as some program's child. */
const CHAINS: readonly (readonly [string, readonly string[], string])[] = [
  ['as PID 1 under the init it brings', [...PID_1, 'setsid', '--ctty'], 'auto'],
  ['as PID 1 under a shell', [...PID_1, 'setsid', '--ctty'], 'shell'],
  ['as PID 1 without a reaper', [...PID_1, 'setsid', '--ctty'], 'off'],
  ['as a plain child', ['leader'], 'auto'],
]

test.each(CHAINS)(
  '%s, bash on a terminal has job control: Ctrl-Z, fg, one Ctrl-C, the window’s size and its exit code',
  async (_, above, reaper) => {
    const box = await makeBox()
    const steps = [
      { see: '$ ' },
      { type: 'trap "echo resized" WINCH\n' },
      { size: [33, 77] },
      { type: 'stty size\n' },
      { see: '33 77' },
      { type: 'sleep 50\n' },
      { see: 'sleep 50' },
      { foreground: 'sleep' },
      { type: '\x1a' },
      { see: 'Stopped' },
      { type: 'jobs\n' },
      { see: 'Stopped' },
      { type: 'fg\n' },
      { see: 'sleep 50' },
      { foreground: 'sleep' },
      { type: '\x03' },
      { see: '$ ' },
      { type: 'echo code $?\n' },
      { see: 'code 130' },
      { type: 'exit 7\n' },
    ]

    const { out, err, code } = await onTerminal(box, { steps, above, reaper, args: ['bash', '--norc', '-i'] })

    expect({ code, err }, out).toEqual({ code: 7, err: '' })
    expect(out).not.toContain('no job control')
    expect(out.match(/\^C/g)).toHaveLength(1)
  },
)

const TOLD = `import signal, sys
ints = []
signal.signal(signal.SIGINT, lambda *_: ints.append(1))
print('up', flush=True)
for line in iter(sys.stdin.readline, ''): print(line.strip(), 'after', len(ints), flush=True)
sys.exit(9)`

test.each(CHAINS.slice(0, 3))(
  '%s, nobody could let a stopped program go on: Ctrl-Z leaves it running, as it does PID 1',
  async (_, above, reaper) => {
    const box = await makeBox()
    const steps = [
      { see: 'up' },
      { type: '\x03' },
      { type: 'one\n' },
      { see: 'one after 1' },
      { type: '\x1a' },
      { type: 'two\n' },
      { see: 'two after 1' },
      { type: '\x04' },
    ]

    expect(
      await onTerminal(box, { steps, above, reaper, args: ['python3', '-u', '-c', TOLD] }),
    ).toMatchObject({ code: 9, err: '' })
  },
)

test('below a shell, Ctrl-Z stops the program and fg lets it go on', async () => {
  const box = await makeBox()
  const steps = [
    { see: '$ ' },
    { type: "comfy-init exec -- python3 -u -c \"print('u' + 'p'); print('read ' + input())\"\n" },
    { see: 'up' },
    { type: '\x1a' },
    { see: 'Stopped' },
    { type: 'fg\n' },
    { foreground: '!bash' },
    { type: 'word\n' },
    { see: 'read word' },
    { type: 'exit 3\n' },
  ]

  const above = [...PID_1, 'setsid', '--ctty', 'sh', '-c', 'exec bash --norc -i', 'sh']
  expect(await onTerminal(box, { steps, above, args: [] })).toMatchObject({ code: 3, err: '' })
})

test.each([
  ['under the init it brings', 'auto'],
  ['under a shell', 'shell'],
])(
  'on a terminal, %s, one Ctrl-C stops in order, Ctrl-Z does nothing, and a second Ctrl-C hurries',
  async (_, reaper) => {
    const world = await makeWorld()
    const env = {
      STANDIN_IGNORE_INT: '1',
      STANDIN_IGNORE_TERM: '1',
      COMFY_STOP_GRACE: '30s',
      COMFY_REAPER: reaper,
    }
    const steps = [{ see: 'ComfyUI is ready.' }, { type: '\x1a' }, { type: '\x03' }, { see: 'stopping' }]

    const patient = await world.boot(bootOn(steps, { env: { ...env, COMFY_STOP_GRACE: '3s' }, name: 'one' }))
    expect(await patient.ended, patient.out().slice(-2000)).toBe(137)
    const hurried = await world.boot(bootOn([...steps, { type: '\x03' }], { env, name: 'two' }))
    expect(await hurried.ended, hurried.out().slice(-2000)).toBe(137)

    expect(patient.out().match(/ComfyUI is being stopped/g)).toHaveLength(1)
  },
)

test('a terminal that nobody reads, and one that is closed, do not hold a stop up', async () => {
  const world = await makeWorld()
  addNode(world, LOUDLY)
  const ready = { see: 'ComfyUI is ready.' }
  const stuck = await world.boot(bootOn([ready, { kill: 15 }, { over: true }], { name: 'one' }))
  expect(await stuck.ended, stuck.out().slice(-2000)).toBe(0)

  const closed = await world.boot(bootOn([ready, { hangUp: true }, { kill: 15 }], { name: 'two' }))
  expect(await closed.ended, closed.out().slice(-2000) + closed.err().slice(-2000)).toBe(0)
})

type OnTerminal = {
  readonly steps: readonly object[]
  readonly above: readonly string[]
  readonly args: readonly string[]
  readonly reaper?: string
}

/** Runs comfy-init below other programs on a terminal of its own inside a container. */
async function onTerminal(box: Box, { steps, above, args, reaper = 'auto' }: OnTerminal) {
  const player = ['python3', '-c', readFileSync(program('terminal.py'), 'utf8'), JSON.stringify(steps)]
  const running = await box.run({
    before: [...player, ...above],
    args,
    env: { TERM: 'xterm', PS1: '$ ', COMFY_REAPER: reaper },
  })
  const code = await running.ended
  return { code, out: running.out(), err: running.err() }
}

/** Boots as PID 1 that leads the session of a terminal. */
function bootOn(steps: readonly object[], options: RunOptions): RunOptions {
  const player = ['python3', '-c', readFileSync(program('terminal.py'), 'utf8'), JSON.stringify(steps)]
  return { ...options, before: [...player, ...PID_1, 'setsid', '--ctty'] }
}
