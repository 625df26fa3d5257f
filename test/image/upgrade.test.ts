import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { runContainer, startContainer } from './container.ts'
import { nameOf, need, PLAN } from './plan.ts'
import { workspaceFolder } from './volumes.ts'

beforeEach(need('newer'))

/** A file that only the newer version has. */
const NEWER_FILE = 'ComfyUI/comfy/of_the_newer_version.py'

function versionIn(workspace: string): string | undefined {
  return /__version__ = "(.+)"/.exec(readFileSync(`${workspace}/ComfyUI/comfyui_version.py`, 'utf8'))?.[1]
}

test('a newer image brings its ComfyUI into the workspace of an older one, and the way back is open', async () => {
  const workspace = await workspaceFolder()
  const volumes = [`${workspace}:/workspace`]
  const older = await startContainer({ volumes })
  await older.ready()
  const before = versionIn(workspace)
  writeFileSync(`${workspace}/ComfyUI/output/mine.txt`, 'mine')
  expect(await older.stop()).toBe(0)

  const newer = await startContainer({ image: nameOf(PLAN.images.newer), volumes })
  await newer.ready()
  expect(versionIn(workspace)).not.toBe(before)
  expect(existsSync(`${workspace}/${NEWER_FILE}`)).toBe(true)
  expect(readFileSync(`${workspace}/ComfyUI/output/mine.txt`, 'utf8')).toBe('mine')
  expect(await newer.stop()).toBe(0)

  const back = await runContainer({ volumes, args: ['workspace', 'rollback'] })
  expect(back.code, back.err).toBe(0)
  const again = await startContainer({ volumes })
  await again.ready()
  expect(versionIn(workspace)).toBe(before)
  expect(existsSync(`${workspace}/${NEWER_FILE}`)).toBe(false)
  expect(readFileSync(`${workspace}/ComfyUI/output/mine.txt`, 'utf8')).toBe('mine')
})

test('an older image on the volume of a newer one keeps the newer ComfyUI', async () => {
  const workspace = await workspaceFolder()
  const volumes = [`${workspace}:/workspace`]
  const newer = await startContainer({ image: nameOf(PLAN.images.newer), volumes })
  await newer.ready()
  const version = versionIn(workspace)
  expect(await newer.stop()).toBe(0)

  const older = await startContainer({ volumes })

  await older.ready()
  expect(versionIn(workspace)).toBe(version)
})
