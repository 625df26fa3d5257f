import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { findShell, shellArgv } from '../../../src/host/reaper/shell-init.ts'
import { until } from '../../support/until.ts'

const shells = ['/bin/dash', '/bin/bash', '/bin/busybox'].filter(existsSync)

test('a shell is found and answers', () => {
  expect(findShell()).toMatch(/^\/(usr\/)?bin\/(sh|bash|busybox)$/)
})

test.each(shells)('%s ends with the exit code of the command, a signal as 128+n', async (shell) => {
  expect(
    await Promise.all(
      ['exit 0', 'exit 7', 'exit 127', 'kill -SEGV $$'].map((line) => start(shell, ['sh', '-c', line]).code),
    ),
  ).toEqual([0, 7, 127, 139])
})

test.each(shells)('%s gives the command the same standard input', async (shell) => {
  const { child, said, code } = start(shell, ['sh', '-c', 'read line; echo "got $line"'])
  child.stdin?.end('a line\n')

  expect(await code).toBe(0)
  expect(said()).toBe('got a line\n')
})

test.each(shells)('%s passes signals on, one after the other, and waits for the command', async (shell) => {
  const traps = ['TERM', 'HUP', 'USR2'].map((name) => `trap 'echo ${name}' ${name}`).join('; ')
  const line = `${traps}; trap 'exit 9' USR1; echo ready; while :; do sleep 0.02; done`
  const { child, said, code } = start(shell, ['sh', '-c', line])
  await until(() => said().includes('ready'), 'ready')
  for (const name of ['TERM', 'HUP', 'USR2'] as const) {
    child.kill(`SIG${name}`)
    await until(() => said().includes(name), name)
  }
  child.kill('SIGUSR1')

  expect(await code).toBe(9)
})

test.each(shells)(
  '%s passes INT on, which a program like Node hears although shells start it deaf',
  async (shell) => {
    const script =
      "process.on('SIGINT', () => process.exit(9)); setInterval(() => {}, 1000); console.log('ready')"
    const { child, said, code } = start(shell, [process.execPath, '-e', script])
    await until(() => said().includes('ready'), 'ready')
    child.kill('SIGINT')

    expect(await code).toBe(9)
  },
)

test.each(shells)('%s keeps words with spaces, quotes and stars as they are', async (shell) => {
  const words = ["it's", 'a "b"', '*', '$HOME', '', ' end ']

  const { said, code } = start(shell, ['printf', '<%s>', ...words])

  expect(await code).toBe(0)
  expect(said()).toBe(words.map((word) => `<${word}>`).join(''))
})

test.each(shells)('%s on a terminal leaves Ctrl-C to the command and goes on waiting', async (shell) => {
  const script =
    "n = 0; process.on('SIGINT', () => { n++; setTimeout(() => process.exit(40 + n), 200) }); setInterval(() => {}, 1000); console.log('ready')"
  const { said, code } = onTerminal(shellArgv(shell, [process.execPath, '-e', script]))

  expect(await code).toBe(41)
  expect(said()).toContain('ready')
})

/** Runs an argument list as the leader of a terminal of its own and presses Ctrl-C when it says «ready». */
function onTerminal(argv: readonly string[]): Started {
  const [file = '', ...rest] = argv
  const terminal = `import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
said = b''
while True:
    try: part = os.read(fd, 1000)
    except OSError: break
    if not part: break
    said += part
    if b'ready' in said and b'ready' not in said[:-len(part)]: os.write(fd, b'\\x03')
print(said.decode(), flush=True)
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`
  return started(
    spawn('python3', ['-c', terminal, file, ...rest], { stdio: ['pipe', 'pipe', 'ignore'], detached: true }),
  )
}

type Started = {
  readonly child: ChildProcess
  readonly said: () => string
  readonly code: Promise<number | null>
}

function start(shell: string, command: readonly string[]): Started {
  const [argv0 = shell, ...args] = shellArgv(shell, command)
  return started(spawn(shell, args, { argv0, stdio: ['pipe', 'pipe', 'ignore'], detached: true }))
}

function started(child: ChildProcessByStdio<Writable, Readable, null>): Started {
  const { pid } = child
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  onTestFinished(() => {
    if (pid !== undefined && child.exitCode === null) process.kill(-pid, 'SIGKILL')
  })
  return { child, said: () => said, code }
}
