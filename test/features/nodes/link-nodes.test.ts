import { mkdir, readdir, stat, symlink } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { linkNodes } from '../../../src/features/nodes/link-nodes.ts'
import { realHost } from '../../../src/host/host.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test('the image’s nodes are linked, a stale link is removed, and what came meanwhile is left alone', async () => {
  const root = await tempFolder()
  const customNodes = `${root}/custom_nodes`
  await mkdir(customNodes)
  for (const name of ['a', 'b']) await mkdir(`${root}/image/${name}`, { recursive: true })
  await mkdir(`${customNodes}/B`)
  await symlink('/opt/gone/./old', `${customNodes}/old`)
  await symlink('/opt/theirs', `${customNodes}/theirs`)
  const make = ['a', 'b'].map((name) => ({ name, target: `${root}/image/./${name}` }))
  const step = linkNodes(customNodes, { make, remove: [`${customNodes}/old`, `${customNodes}/theirs`] })
  expect(await step.apply(realHost(), () => {}, new AbortController().signal)).toBe('done')
  expect((await readdir(customNodes)).sort()).toEqual(['B', 'a', 'theirs'])
  expect((await stat(`${customNodes}/a`)).isDirectory()).toBe(true)
  expect(await step.apply(realHost(), () => {}, new AbortController().signal)).toBe('not-needed')
})
