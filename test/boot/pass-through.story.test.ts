import { expect, test } from 'vitest'
import { type Box, makeBox, type RunOptions } from '../support/container.ts'
import { makeWorld, OVERLAY_PYTHON, procOf } from '../support/story.ts'
import { until } from '../support/until.ts'

test.each([
  ['exit 0', 0],
  ['exit 7', 7],
  ['exit 255', 255],
  ['kill -TERM $$', 143],
  ['kill -SEGV $$', 139],
])('bash -c «%s» ends the container with %i, and nothing of ours is printed', async (line, code) => {
  const box = await makeBox()

  expect(await said(box, { args: ['bash', '-c', line] })).toEqual({ code, out: '', err: '' })
})

test('a program that is nowhere gives 127, one that cannot be run 126, with the reason on standard error alone', async () => {
  const box = await makeBox()

  const absent = await said(box, { args: ['no-such-program', 'x'], name: 'absent' })
  const refused = await said(box, { args: ['/etc/passwd'], name: 'refused' })

  expect(absent).toMatchObject({ code: 127, out: '' })
  expect(absent.err).toContain('no-such-program')
  expect(refused).toMatchObject({ code: 126, out: '' })
  expect(refused.err).toContain('/etc/passwd')
})

test('standard output is the program’s bytes and no others', async () => {
  const box = await makeBox()

  const { out, err, code } = await said(box, { args: ['sh', '-c', 'printf "a\\nb"; printf "c\\n" >&2'] })

  expect({ out, err, code }).toEqual({ out: 'a\nb', err: 'c\n', code: 0 })
})

test('a pipe that closes ends the writer with 141, as without us', async () => {
  const box = await makeBox()
  const line = 'yes | head -1; echo $PIPESTATUS'

  expect(await said(box, { args: ['bash', '-c', line] })).toEqual({ code: 0, out: 'y\n141\n', err: '' })
})

test('the environment of the program is the container’s, to the letter', async () => {
  const box = await makeBox()
  const env = {
    NODE_OPTIONS: '--max-old-space-size=99',
    COMFY_JUPYTER_TOKEN: 'a b\tc',
    EMPTY: '',
    LC_ALL: 'C',
  }

  const { out } = await said(box, { env, args: ['env', '-0'] })

  const seen = Object.fromEntries(out.split('\0').map((line) => line.split(/=(.*)/s).slice(0, 2)))
  expect(seen).toEqual({
    '': undefined,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    COMFY_PYTHON: '/usr/bin/python3',
    COMFY_NODES: '',
    COMFY_LOG_LEVEL: 'debug',
    ...env,
  })
})

test('the program runs as whoever the container runs as, where it was started', async () => {
  const box = await makeBox()
  const before = ['sh', '-c', 'cd /usr && exec "$@"', 'sh']

  const root = await said(box, { before, args: ['sh', '-c', 'id -u; pwd'], name: 'root' })
  const other = await said(box, { user: '4321:8765', args: ['sh', '-c', 'id -u; id -g'], name: 'other' })

  expect(root).toEqual({ code: 0, out: '0\n/usr\n', err: '' })
  expect(other).toEqual({ code: 0, out: '4321\n8765\n', err: '' })
})

test('TERM reaches the program, which decides', async () => {
  const box = await makeBox()
  const line = 'trap "echo bye; exit 9" TERM; echo up; while :; do sleep 0.01; done'
  const running = await box.run({ args: ['bash', '-c', line] })
  await until(() => running.out() === 'up\n', 'the program')

  running.kill('SIGTERM')

  expect(await running.ended).toBe(9)
  expect(running.out()).toBe('up\nbye\n')
})

test('exec runs what is named like a command of ours', async () => {
  const box = await makeBox()

  expect(await said(box, { args: ['exec', '--', 'sh', '-c', 'echo "$0 $1"', 'plan', '--json'] })).toEqual({
    code: 0,
    out: 'plan --json\n',
    err: '',
  })
})

test('--version and --help answer without a ComfyUI, a workspace or a person to be', async () => {
  const box = await makeBox()
  const bare = { user: '4321:8765', readOnlyRoot: true, dropCapabilities: true }

  const version = await said(box, { ...bare, args: ['--version'], name: 'one' })
  const help = await said(box, { ...bare, args: ['--help'], name: 'two' })

  expect(version).toMatchObject({ code: 0, err: '' })
  expect(version.out).toMatch(/^comfy-init \d+\.\d+\.\d+ \(\w+, Node v26[\d.]+, \w+\)\n$/)
  expect(help).toMatchObject({ code: 0, err: '' })
  for (const word of ['plan', 'doctor', 'explain', 'status', 'logs', 'exec']) expect(help.out).toContain(word)
})

test.each([
  ['flags alone', ['--preview-method', 'latent2rgb', '--comfy-api-base', 'http://x/a b']],
  ['run --', ['run', '--', '--preview-method', 'latent2rgb', '--comfy-api-base', 'http://x/a b']],
  ['--', ['--', '--preview-method', 'latent2rgb', '--comfy-api-base', 'http://x/a b']],
])('arguments after %s reach ComfyUI as they are, behind ours', async (_, args) => {
  const world = await makeWorld()

  const container = await world.boot({ args })
  await world.ready(container)

  const { services } = await world.status()
  const argv = procOf(container, services[0]?.pid, 'cmdline')
  expect(argv.slice(0, 2)).toEqual([expect.stringMatching(OVERLAY_PYTHON), '/workspace/ComfyUI/main.py'])
  expect(argv.slice(-4)).toEqual(['--preview-method', 'latent2rgb', '--comfy-api-base', 'http://x/a b'])
  expect(argv).toEqual(expect.arrayContaining(['--listen', '0.0.0.0', '--port', String(world.port)]))
})

test('--lowvram without a GPU is left out and said, since ComfyUI would refuse it beside --cpu', async () => {
  const world = await makeWorld()

  const container = await world.boot({ args: ['--lowvram'] })
  await world.ready(container)

  const { services, problems } = await world.status()
  expect(problems.map(({ code }) => code)).toContain('COMFY_ARG_LEFT_OUT')
  expect(procOf(container, services[0]?.pid, 'cmdline')).not.toContain('--lowvram')
})

const TERMINAL = `import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
seen, sent = b'', False
while True:
    try: part = os.read(fd, 1000)
    except OSError: break
    if not part: break
    seen += part
    if seen.endswith(b'\\n') and not sent:
        sent = True
        os.write(fd, b'\\x03')
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`

const COUNTING = `import os, signal, time
times = []
signal.signal(signal.SIGINT, lambda *_: times.append(1))
print('up', os.isatty(0), os.isatty(1), os.environ['TERM'], flush=True)
while not times: time.sleep(0.01)
time.sleep(0.3)
print('INT', len(times))
os._exit(5)`

test.each([
  ['as PID 1', ['unshare', '--pid', '--fork', '--mount-proc']],
  ['below another init', []],
])('on a terminal, %s, the program has the terminal, and one Ctrl-C reaches it once', async (_, above) => {
  const box = await makeBox()

  const { out, code } = await said(box, {
    before: ['python3', '-c', TERMINAL, ...above],
    args: ['python3', '-u', '-c', COUNTING],
    env: { TERM: 'xterm-256color' },
  })

  expect(out.replaceAll('\r', '').replaceAll('^C', '')).toBe('up True True xterm-256color\nINT 1\n')
  expect(code).toBe(5)
})

async function said(box: Box, options: RunOptions) {
  const running = await box.run(options)
  const code = await running.ended
  return { code, out: running.out(), err: running.err() }
}
