import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { layoutOf } from '../../../../src/base/layout.ts'
import { giveManagerDefaults } from '../../../../src/features/nodes/manager/give-defaults.ts'
import { decidePlaces } from '../../../../src/features/workspace/places.ts'
import { realHost } from '../../../../src/host/host.ts'
import { tempFolder } from '../../../support/temp-folder.ts'
import { aFacts, aSettings } from '../../../support/world.ts'

async function places() {
  const workspace = await tempFolder()
  const settings = aSettings({ workspace, adopt: 'link' })
  const decided = decidePlaces(settings, aFacts())
  return { ...decided, base: workspace, layout: layoutOf(workspace) }
}

async function give(at: Awaited<ReturnType<typeof places>>) {
  return giveManagerDefaults(at, false).apply(realHost(), () => {}, new AbortController().signal)
}

test('a workspace without a config.ini gets one, and a note that it has', async () => {
  const at = await places()

  await give(at)

  expect(readFileSync(`${at.base}/user/__manager/config.ini`, 'utf8')).toContain('use_uv = False')
  expect(readFileSync(at.layout.managerNote, 'utf8')).toBe('given\n')
})

test('keys of a person stay as they are', async () => {
  const at = await places()
  mkdirSync(`${at.base}/user/__manager`, { recursive: true })
  writeFileSync(`${at.base}/user/__manager/config.ini`, '[default]\nsecurity_level = weak\n')

  await give(at)

  const text = readFileSync(`${at.base}/user/__manager/config.ini`, 'utf8')
  expect(text).toContain('security_level = weak')
  expect(text).not.toContain('security_level = normal')
})

test('a place that takes no file is a problem with its name', async () => {
  const at = await places()
  writeFileSync(`${at.base}/user`, '')

  await expect(give(at)).rejects.toMatchObject({ code: 'MANAGER_DEFAULTS_NOT_WRITTEN' })
})
