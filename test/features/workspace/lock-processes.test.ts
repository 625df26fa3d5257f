import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { layoutOf } from '../../../src/base/layout.ts'
import { readOwner } from '../../../src/features/workspace/lock-owner.ts'
import { realHost } from '../../../src/host/host.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const PROGRAM = join(import.meta.dirname, '../../support/programs/hold-lock.ts')

test('the second of two processes is kept away until the first has ended', async () => {
  const workspace = await aWorkspaceFolder()
  const first = await holder(workspace)
  expect(first.said).toBe('held')
  expect((await holder(workspace)).said).toBe('busy')

  first.process.stdin?.end()
  expect(await once(first.process, 'exit')).toEqual([0, null])

  expect(await readOwner(realHost(), layoutOf(workspace))).toMatchObject({ state: 'released' })
  expect((await holder(workspace)).said).toBe('held')
})

test.each(['ext4', 'nfs4'])(
  'a process that is killed on %s leaves no wait to the next one',
  async (filesystem) => {
    const workspace = await aWorkspaceFolder()
    const first = await holder(workspace, filesystem)
    first.process.kill('SIGKILL')
    await once(first.process, 'exit')
    expect(await readOwner(realHost(), layoutOf(workspace))).toMatchObject({
      state: 'held',
      pid: first.process.pid,
    })

    const startMs = performance.now()
    expect((await holder(workspace, filesystem)).said).toBe('held')
    expect(performance.now() - startMs).toBeLessThan(5000)
  },
)

test('of processes that start at the same moment exactly one has the workspace', async () => {
  const workspace = await aWorkspaceFolder()

  const all = await Promise.all([1, 2, 3, 4, 5, 6].map(() => holder(workspace)))

  expect(all.map(({ said }) => said).sort()).toEqual(['busy', 'busy', 'busy', 'busy', 'busy', 'held'])
})

type Holder = { readonly process: ChildProcess; readonly said: string }

async function holder(workspace: string, filesystem = 'ext4'): Promise<Holder> {
  const child = spawn(process.execPath, [PROGRAM, workspace, filesystem], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [chunk] = await once(child.stdout, 'data')
  return { process: child, said: String(chunk).trim() }
}

async function aWorkspaceFolder(): Promise<string> {
  const workspace = await tempFolder()
  await mkdir(layoutOf(workspace).own)
  return workspace
}
