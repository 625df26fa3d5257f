import { readFileSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type LockKeeper, lockKeeper } from '../../src/app/lock-keeper.ts'
import { type Settled, settle } from '../../src/app/settle.ts'
import type { Event } from '../../src/base/event.ts'
import { layoutOf } from '../../src/base/layout.ts'
import type { Report } from '../../src/base/report.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { anImageIn, steadyHost } from '../features/workspace/real-boot.ts'
import { freePort } from '../support/free-port.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { listing } from '../support/tree-listing.ts'
import { until } from '../support/until.ts'

test('in a fresh workspace nothing but the lock’s place is made before it is held', async () => {
  const settings = await aWorld()
  const held: Record<string, boolean> = {}
  const boot = begin(settings, (event) => {
    if (event.type === 'step-started') held[event.id] = isHeld(settings)
  })

  const { report } = await boot.settled

  expect(report.verdict).toBe('healthy')
  expect(boot.rounds()[0]).toEqual(['workspace/own-folder'])
  expect(held).toMatchObject({ 'workspace/own-folder': false, 'workspace/adopt-image': true })
  expect(Object.entries(held).filter(([, isIt]) => !isIt)).toHaveLength(1)
})

test('a warm boot takes the lock within its one round and lets go of it at the end', async () => {
  const settings = await aWorld()
  await whole(settings)

  const boot = begin(settings)
  const { report } = await boot.settled

  expect(report.verdict).toBe('healthy')
  expect(boot.rounds()).toEqual([[]])
  expect(isHeld(settings)).toBe(true)
  await boot.lock.release()
  expect(isHeld(settings)).toBe(false)
})

test('who comes second waits, says for whom, and looks again when it is over', async () => {
  const settings = await aWorld()
  const first = begin(settings)
  await first.settled
  const second = begin(settings)
  await until(() => second.titles().length > 0, 'words about the wait')
  expect(second.titles()[0]).toMatch(
    /^Wait for .*workspace, used by .* \(comfy\) since .* UTC, process \d+ of this container$/,
  )
  expect(second.opened()).toBe(1)
  const output = `${settings.workspace}/ComfyUI/output`
  await rm(output, { recursive: true })

  await first.lock.release()
  const { report } = await second.settled

  expect(report.verdict).toBe('healthy')
  expect(await listing(output)).toEqual([])
})

test('two first boots at the same moment end well, one after the other, with one whole tree', async () => {
  const settings = await aWorld()
  const both = [begin(settings), begin(settings)]

  const ended = await Promise.all(
    both.map(async (boot) => {
      const settled = await boot.settled
      await boot.lock.release()
      return settled
    }),
  )

  expect(ended.map(({ report }) => [report.verdict, codesOf(report)])).toEqual([
    ['healthy', []],
    ['healthy', []],
  ])
  expect(both.flatMap((boot) => boot.did()).filter((id) => id === 'workspace/adopt-image')).toHaveLength(1)
  expect(await readFile(`${settings.workspace}/ComfyUI/main.py`, 'utf8')).toBe('print("ComfyUI")\n')
})

test('COMFY_LOCK=refuse ends at once and changes nothing', async () => {
  const settings = await aWorld()
  const first = begin(settings)
  await first.settled
  const before = await listing(settings.workspace)

  const second = begin({ ...settings, lock: 'refuse' })
  const { report } = await second.settled

  expect(report.verdict).toBe('failed')
  expect(report.problems.map(({ code, kind }) => [code, kind])).toEqual([['WORKSPACE_IN_USE', 'temporary']])
  expect(second.lock.isAnothers()).toBe(true)
  expect(await listing(settings.workspace)).toEqual(before)
})

test('the request to stop ends a wait without a complaint', async () => {
  const settings = await aWorld()
  const first = begin(settings)
  await first.settled
  const second = begin(settings)
  await until(() => second.titles().length > 0, 'the wait')

  second.stop.abort()

  expect(codesOf((await second.settled).report)).toEqual([])
  expect(second.did()).toEqual([])
})

test('a workspace that takes no lock is used all the same, with a warning', async () => {
  const settings = await aWorld()
  const host = steadyHost()
  const lockFile = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))

  const { report } = await begin(settings, () => {}, { ...host, fs: { ...host.fs, lockFile } }).settled

  expect(report.verdict).toBe('healthy')
  expect(codesOf(report)).toEqual(['LOCK_NOT_KEPT'])
})

test('a folder in the lock’s place is a mistake that is named, and nothing is begun', async () => {
  const settings = await aWorld()
  await mkdir(layoutOf(settings.workspace).lockFile, { recursive: true })

  const { report } = await begin(settings).settled

  expect(report.verdict).toBe('failed')
  expect(codesOf(report)).toEqual(['LOCK_NOT_KEPT'])
})

test('what is refused is refused before even the lock’s place is made', async () => {
  const settings = await aWorld()
  await mkdir(`${settings.workspace}/ComfyUI`)
  await writeFile(`${settings.workspace}/ComfyUI/main.py`, 'mine')
  const before = await listing(settings.workspace)

  const { report } = await begin(settings).settled

  expect(codesOf(report)).toEqual(['WORKSPACE_FOREIGN'])
  expect(await listing(settings.workspace)).toEqual(before)
})

test('a lock that is lost while steps run keeps the next one from being begun', async () => {
  const settings = await aWorld()
  const boot = begin(settings, (event) => {
    if (event.type === 'step-done' && event.id === 'workspace/adopt-image') boot.lose()
  })

  const { report } = await boot.settled

  expect(report.verdict).toBe('failed')
  expect(report.steps.find(({ id }) => id === 'workspace/give-way')?.result).toBe('not-reached')
})

type Boot = {
  readonly settled: Promise<Settled>
  readonly lock: LockKeeper
  readonly stop: AbortController
  /** As if the lock had been lost. */
  readonly lose: () => void
  readonly events: readonly Event[]
  /** Ids of the steps of each round. */
  readonly rounds: () => readonly (readonly string[])[]
  readonly titles: () => readonly string[]
  /** Ids of the steps that were done. */
  readonly did: () => readonly string[]
  readonly opened: () => number
}

function begin(settings: Settings, listen: (event: Event) => void = () => {}, host = steadyHost()): Boot {
  const events: Event[] = []
  const stop = new AbortController()
  const loss = new AbortController()
  let opened = 0
  const tell = (event: Event) => {
    events.push(event)
    listen(event)
  }
  const beforeWaiting = async () => void opened++
  const keeper = lockKeeper(host, { settings, tell, stop: stop.signal, beforeWaiting })
  const lock = { ...keeper, signal: AbortSignal.any([keeper.signal, loss.signal]) }
  onTestFinished(() => lock.release())
  return {
    settled: settle(host, settings, { tell, lock, beforeActing: async () => {} }),
    lock,
    stop,
    lose: () => loss.abort(),
    events,
    rounds: () => events.flatMap((each) => (each.type === 'round' ? [each.steps.map(({ id }) => id)] : [])),
    titles: () => events.flatMap((each) => (each.type === 'step-started' ? [each.title] : [])),
    did: () =>
      events.flatMap((each) => (each.type === 'step-done' && each.result === 'done' ? [each.id] : [])),
    opened: () => opened,
  }
}

async function whole(settings: Settings): Promise<void> {
  const boot = begin(settings)
  expect((await boot.settled).report.verdict).toBe('healthy')
  await boot.lock.release()
}

async function aWorld(): Promise<Settings> {
  const settings = await anImageIn(await tempFolder())
  return {
    ...settings,
    python: '/usr/bin/python3',
    port: await freePort(),
    httpPort: await freePort(),
    nodes: [],
  }
}

// That a temporary folder is no mount is true, and beside the point here.
function codesOf({ problems }: Report): readonly string[] {
  return problems.map(({ code }) => code).filter((code) => code !== 'WORKSPACE_NOT_A_MOUNT')
}

function isHeld({ workspace }: Settings): boolean {
  try {
    return readFileSync(layoutOf(workspace).lockFile, 'utf8').includes('"held"')
  } catch {
    return false
  }
}
