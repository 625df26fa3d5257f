import { execFileSync } from 'node:child_process'
import { appendFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { lookChanges } from '../../src/facts/look-changes.ts'
import { manifestText } from '../../src/facts/manifest.ts'
import { realFs } from '../../src/host/fs.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { COMFYUI, fill, track } from './left-volume.ts'

const MANIFEST = '.comfy-init.manifest'

test('files that came by a pull are code, and what lies beside them is the person’s', async () => {
  const tree = await aTree()
  await fill(tree, { 'comfy/pulled.py': '', 'comfy/new/pulled.py': '', 'models/loras/put_more_here': '' })
  await writeFile(`${tree}/main.py`, 'print("pulled")\n')
  execFileSync('git', ['-C', tree, 'add', '--all'])
  await fill(tree, { 'comfy/new/notes.txt': '', 'comfy/mine/a.py': '', 'notes.txt': '' })

  expect(await look(tree)).toEqual({
    changed: ['comfy/new/pulled.py', 'comfy/pulled.py', 'main.py'],
    own: ['comfy/mine', 'comfy/new/notes.txt', 'models/loras/put_more_here', 'notes.txt'],
  })
})

test('where git’s index cannot be read, what came later is the person’s', async () => {
  const tree = await aTree()
  await fill(tree, { 'comfy/pulled.py': '' })
  execFileSync('git', ['-C', tree, 'add', '--all'])
  await truncate(`${tree}/.git/index`, 100)
  expect(await look(tree)).toEqual({ changed: [], own: ['comfy/pulled.py'] })
})

test('what a mount hides of the code is not missing', async () => {
  const tree = await aTree()
  await rm(`${tree}/comfy`, { recursive: true })
  expect(await look(tree, [`${tree}/comfy`])).toEqual({ changed: [], own: [] })
  expect(await look(tree)).toMatchObject({ changed: expect.arrayContaining(['comfy/utils.py']) })
})

test('with a list that is empty, cut off, longer than it says or not there nothing is known', async () => {
  const tree = await aTree()
  expect(await look(tree)).toEqual({ changed: [], own: [] })
  await appendFile(`${tree}/${MANIFEST}`, 'f\t644\t1\t1\tmore\n')
  expect(await look(tree)).toBe('unknown')
  for (const bytes of [200, 0]) {
    await truncate(`${tree}/${MANIFEST}`, bytes)
    expect(await look(tree)).toBe('unknown')
  }
  await rename(`${tree}/${MANIFEST}`, `${tree}/other`)
  expect(await look(tree)).toBe('unknown')
})

function look(tree: string, mounts: readonly string[] = []) {
  return lookChanges(realFs(), tree, mounts)
}

async function aTree(): Promise<string> {
  const tree = await tempFolder()
  await fill(tree, COMFYUI)
  track(tree)
  await writeFile(`${tree}/${MANIFEST}`, manifestText(await realFs().walk(tree)))
  return tree
}
