import { mkdir, readdir, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { MARKER } from '../../../src/base/layout.ts'
import { giveWay } from '../../../src/features/workspace/give-way.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { anImageIn, bootWorkspace, planFor, steadyHost } from './real-boot.ts'

test('an image tree stays when the workspace’s tree has no marker', async () => {
  const { image, home } = await twoTrees()
  await rm(`${home}/${MARKER}`)
  expect(await giving(image, home)).toBe('not-needed')
  expect(await readdir(image)).toEqual(['main.py'])
})

test('an image tree stays when the workspace’s tree has no main.py', async () => {
  const { image, home } = await twoTrees()
  await rm(`${home}/main.py`)
  expect(await giving(image, home)).toBe('not-needed')
  expect(await readdir(image)).toEqual(['main.py'])
})

test('an image tree is put aside under a free name, beside what an earlier boot put aside', async () => {
  const { image, home } = await twoTrees()
  await mkdir(`${image}.image`)
  expect(await giving(image, home)).toBe('done')
  expect(await readlink(image)).toBe(home)
  expect(await readdir(`${image}.image-2`)).toEqual(['main.py'])
})

test('a new container of the same image gets its link and copies nothing', async () => {
  const root = await tempFolder()
  const settings = await anImageIn(root)
  await bootWorkspace(steadyHost(), settings)
  await writeFile(`${root}/workspace/ComfyUI/mine.txt`, 'mine')
  await rm(`${root}/opt/ComfyUI`)
  await rename(`${root}/opt/ComfyUI.image`, `${root}/opt/ComfyUI`)

  const plan = await planFor(steadyHost(), settings)
  expect(plan.steps.map(({ id }) => id)).toEqual(['workspace/give-way'])
  expect(plan.problems).toEqual([])
  await bootWorkspace(steadyHost(), settings)
  expect(await readlink(`${root}/opt/ComfyUI`)).toBe(`${root}/workspace/ComfyUI`)
  expect(await readdir(`${root}/workspace/ComfyUI`)).toContain('mine.txt')
})

async function twoTrees() {
  const root = await tempFolder()
  const image = `${root}/opt/ComfyUI`
  const home = `${root}/workspace/ComfyUI`
  for (const folder of [image, home]) {
    await mkdir(folder, { recursive: true })
    await writeFile(`${folder}/main.py`, '')
  }
  await writeFile(`${home}/${MARKER}`, '{"layout":1,"image":"id"}')
  return { image, home }
}

function giving(image: string, home: string) {
  return giveWay(image, home, 'id').apply(steadyHost(), () => {}, new AbortController().signal)
}
