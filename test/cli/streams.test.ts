import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../support/temp-folder.ts'
import { within } from '../support/until.ts'

const ENTRY = join(import.meta.dirname, '../support/cli-entry.ts')

/** A shell in which $1 is Node and $2 the command line's program. */
function shell(script: string, ...words: readonly string[]) {
  return { file: '/bin/sh', args: ['-c', script, 'sh', process.execPath, ENTRY, ...words] }
}

test('following a log ends when its reader goes away, though nothing more is written', async () => {
  const workspace = await tempFolder()
  await mkdir(`${workspace}/.comfy-init/logs`, { recursive: true })
  await writeFile(`${workspace}/.comfy-init/logs/comfyui.log`, 'one line\n')
  const { file, args } = shell(
    '"$1" "$2" logs -f comfyui --workspace "$3" --instance alone --http-port 1 | head -n 1',
    workspace,
  )

  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const ended = within(20_000, once(child, 'exit'))
  try {
    expect(await ended).toEqual([0, null])
  } finally {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
})

test.each([['version'], ['--help']])(
  'a command whose answer goes to a full disk ends with 1 and says so: %s',
  (command) => {
    const { file, args } = shell('exec "$1" "$2" "$3" >/dev/full', command)
    const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' })

    expect(status).toBe(1)
    expect(stderr).toContain('The system answered ENOSPC: the disk is full.')
  },
)

test('a program that is passed through keeps its own exit code whatever becomes of our output', () => {
  const { file, args } = shell('exec "$1" "$2" true >/dev/full')

  expect(spawnSync(file, args).status).toBe(0)
})

test('a reader that went away before the answer is no fault', () => {
  const { file, args } = shell('{ "$1" "$2" version; echo $? >&2; } | true')

  expect(spawnSync(file, args, { encoding: 'utf8' }).stderr).toBe('0\n')
})
