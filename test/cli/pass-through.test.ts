import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'

const ENTRY = join(import.meta.dirname, '../support/cli-entry.ts')

test('streams and exit code are the program’s own, and nothing of ours is printed', () => {
  const ended = cli(['bash', '-c', 'cat; echo err >&2; exit 7'], { input: 'in' })

  expect(ended).toMatchObject({ status: 7, stdout: 'in', stderr: 'err\n' })
})

test('arguments arrive as they are typed, flags and dashes included', () => {
  const ended = cli(['exec', '--', 'printf', '%s|', '--help', '--', '', 'a b'])

  expect(ended.stdout).toBe('--help|--||a b|')
})

test('a program that a signal ends is 128+n, also when it is a pipe’s', () => {
  expect(cli(['bash', '-c', 'kill -KILL $$']).status).toBe(137)
  expect(cli(['bash', '-c', 'yes | head -1 >/dev/null; echo $PIPESTATUS']).stdout).toBe('141\n')
})

test('what is not found is 127 and says what is near', () => {
  const ended = cli(['docter'])

  expect(ended.status).toBe(127)
  expect(ended.stdout).toBe('')
  expect(ended.stderr).toContain('Did you mean «comfy-init doctor»?')
  expect(cli(['/nowhere/x']).status).toBe(127)
  expect(cli(['']).status).toBe(127)
})

test('what is there but cannot be started is 126', async () => {
  const folder = await tempFolder()
  await writeFile(`${folder}/plain`, 'echo no')
  await mkdir(`${folder}/folder`)

  const plain = cli([`${folder}/plain`])
  expect(plain.status).toBe(126)
  expect(plain.stderr).toContain('(COMMAND_NOT_EXECUTABLE)')
  expect(plain.stderr).toContain('EACCES')
  expect(cli([`${folder}/folder`]).status).toBe(126)
  expect(cli(['plain'], { env: { PATH: folder } }).status).toBe(126)
})

test('PATH is searched in its order, past what cannot be run', async () => {
  const folder = await tempFolder()
  for (const part of ['first', 'second']) {
    await mkdir(`${folder}/${part}`)
    await writeFile(`${folder}/${part}/greet`, `#!/bin/sh\necho ${part}\n`)
  }
  await chmod(`${folder}/second/greet`, 0o755)
  const env = { PATH: `${folder}/nowhere:${folder}/first:${folder}/second` }

  expect(cli(['greet'], { env }).stdout).toBe('second\n')
  await chmod(`${folder}/first/greet`, 0o755)
  expect(cli(['greet'], { env }).stdout).toBe('first\n')
})

test('the environment is the container’s, less our own marks', () => {
  const env = {
    PATH: process.env.PATH ?? '',
    COMFY_PORT: '9',
    COMFY_INIT_REAPER: 'image:/x',
    NODE_OPTIONS: '',
  }
  const lines = cli(['env'], { env }).stdout.trim().split('\n').sort()

  expect(lines).toEqual(['COMFY_PORT=9', 'NODE_OPTIONS=', `PATH=${process.env.PATH}`])
})

test.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
  '%s reaches the program',
  async (name) => {
    const script = `trap 'echo got; exit 9' ${name.slice(3)}; echo up; while :; do sleep 0.02; done`
    const child = start(['bash', '-c', script])
    let out = ''
    child.stdout?.on('data', (chunk) => {
      out += chunk
    })
    const code = new Promise((resolve) => child.once('close', resolve))
    await until(() => out.includes('up'), 'the program to be up')
    child.kill(name)

    expect(await code).toBe(9)
    expect(out).toBe('up\ngot\n')
  },
)

test('on a terminal the program has the terminal, and Ctrl-C reaches it once', async () => {
  const script = `
import os, signal, time
signal.signal(signal.SIGINT, lambda *_: os.write(1, b'<int>'))
print(os.isatty(0), flush=True)
until = time.monotonic() + 1
while time.monotonic() < until: time.sleep(0.02)
os._exit(4)
`
  const pty = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
seen = b''
while True:
    try: part = os.read(fd, 1024)
    except OSError: break
    if not part: break
    seen += part
    if b'True' in seen and b'^C' not in seen: os.write(fd, b'\\x03'); seen += b'^C'
print(seen.count(b'<int>'), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`
  const ended = spawnSync('python3', ['-c', pty, process.execPath, ENTRY, 'python3', '-c', script], {
    encoding: 'utf8',
    timeout: 15_000,
  })

  expect(ended.stdout).toBe('1 4\n')
})

function cli(args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], {
    encoding: 'utf8',
    timeout: 15_000,
    ...options,
  })
  return { status, stdout, stderr }
}

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
