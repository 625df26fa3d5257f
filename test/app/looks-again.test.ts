import { rm, stat, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { lockKeeper } from '../../src/app/lock-keeper.ts'
import { settle } from '../../src/app/settle.ts'
import type { Event } from '../../src/base/event.ts'
import { layoutOf } from '../../src/base/layout.ts'
import type { Host } from '../../src/host/host.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { anImageIn, steadyHost } from '../features/workspace/real-boot.ts'
import { freePort } from '../support/free-port.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'

const { fs, ...hands } = steadyHost()

test('a first run walks through the image tree once before it copies it', async () => {
  const settings = await aWorld()
  const happened: string[] = []
  const walk: Host['fs']['walk'] = (path, options) => {
    happened.push(`walk ${path}`)
    return fs.walk(path, options)
  }
  const listen = (event: Event) => {
    if (event.type === 'step-started') happened.push(event.id)
  }

  await boot(settings, { fs: { ...fs, walk }, listen })

  expect(happened.slice(0, happened.indexOf('workspace/adopt-image') + 1)).toEqual([
    `walk ${settings.home}`,
    'workspace/own-folder',
    'workspace/adopt-image',
  ])
})

test('who took the lock right after somebody else had it looks again', async () => {
  const settings = await aWorld()
  await boot(settings)
  const output = `${settings.workspace}/ComfyUI/output`
  // Somebody was here between our look and our taking the lock.
  const lockFile: Host['fs']['lockFile'] = async (path) => {
    await rm(output, { recursive: true })
    await writeFile(path, '')
    return fs.lockFile(path)
  }

  await boot(settings, { fs: { ...fs, lockFile } })

  expect((await stat(output)).isDirectory()).toBe(true)
})

test('who waited looks again, even where the owner was killed and the lock’s file says what it said before', async () => {
  const settings = await aWorld()
  await boot(settings)
  const output = `${settings.workspace}/ComfyUI/output`
  const owner = await fs.lockFile(layoutOf(settings.workspace).lockFile)
  const waits: string[] = []
  const booting = boot(settings, {
    listen: (event) => {
      if (event.type === 'step-started') waits.push(event.title)
    },
  })
  await until(() => waits.some((title) => title.startsWith('Wait for ')), 'the wait')
  await rm(output, { recursive: true })

  await owner.close()
  await booting

  expect((await stat(output)).isDirectory()).toBe(true)
})

type With = { readonly fs?: Host['fs']; readonly listen?: (event: Event) => void }

async function boot(settings: Settings, { fs: files = fs, listen: tell = () => {} }: With = {}) {
  const host: Host = { ...hands, fs: files }
  const beforeWaiting = async () => {}
  const lock = lockKeeper(host, { settings, tell, stop: new AbortController().signal, beforeWaiting })
  onTestFinished(() => lock.release())
  const { report } = await settle(host, settings, { tell, lock, beforeActing: async () => {} })
  expect(report.verdict).not.toBe('failed')
  await lock.release()
}

async function aWorld(): Promise<Settings> {
  const settings = await anImageIn(await tempFolder())
  return { ...settings, port: await freePort(), httpPort: await freePort(), nodes: [] }
}
