import { chmod, lstat, mkdir, readdir, readlink, realpath, symlink, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { linkFolders } from '../../../src/features/models/link-folders.ts'
import { writePaths } from '../../../src/features/models/write-paths.ts'
import { realHost } from '../../../src/host/host.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const host = realHost()

test('links are made, led elsewhere and removed, and the tiers are not touched at all', async () => {
  const { tier, models } = await world()
  await symlink(`/gone/./LLM`, `${models}/LLM`)
  await symlink(`/gone/./sams`, `${models}/sams`)
  await mkdir(`${models}/ipadapter`)
  await writeFile(`${models}/ipadapter/put_ipadapter_models_here`, '')
  const before = await stamps(tier)

  const make = ['LLM', 'ipadapter', 'insightface'].map((name) => ({
    path: `${models}/${name}`,
    target: `${tier}/./${name}`,
  }))
  expect(await applied(linkFolders(models, { make, remove: [`${models}/sams`], blocked: [] }, [tier]))).toBe(
    'done',
  )
  expect(await applied(linkFolders(models, { make, remove: [`${models}/sams`], blocked: [] }, [tier]))).toBe(
    'not-needed',
  )

  expect((await readdir(models)).sort()).toEqual(['LLM', 'insightface', 'ipadapter'])
  expect(await realpath(`${models}/LLM`)).toBe(`${tier}/LLM`)
  expect(await stamps(tier)).toEqual(before)
})

test('what filled or changed since the look is left alone', async () => {
  const { tier, models } = await world()
  await mkdir(`${models}/LLM`)
  await writeFile(`${models}/LLM/mine.gguf`, 'mine')
  await symlink('/mine/ipadapter', `${models}/ipadapter`)
  await writeFile(`${models}/insightface`, 'a file')
  const make = ['LLM', 'ipadapter', 'insightface'].map((name) => ({
    path: `${models}/${name}`,
    target: `${tier}/./${name}`,
  }))
  const remove = [`${models}/ipadapter`]
  expect(await applied(linkFolders(models, { make, remove, blocked: [] }, [tier]))).toBe('not-needed')
  expect(await readdir(`${models}/LLM`)).toEqual(['mine.gguf'])
  expect(await readlink(`${models}/ipadapter`)).toBe('/mine/ipadapter')
})

test('nothing is written into a tier that models leads to through links', async () => {
  const { root, tier } = await world()
  await symlink(tier, `${root}/alias`)
  await symlink(`${root}/alias`, `${root}/linked`)
  const before = await stamps(tier)
  const make = [{ path: `${root}/linked/new`, target: `${root}/alias/./LLM` }]
  expect(
    await applied(linkFolders(`${root}/linked`, { make, remove: [], blocked: [] }, [`${root}/alias`])),
  ).toBe('not-needed')
  expect(await stamps(tier)).toEqual(before)
})

test('the paths file is written, left as it is, and removed', async () => {
  const path = `${await tempFolder()}/.comfy-init/extra-model-paths.yaml`
  expect(await applied(writePaths(path, 'a: b\n'))).toBe('done')
  expect(await applied(writePaths(path, 'a: b\n'))).toBe('not-needed')
  expect(await host.fs.readText(path)).toBe('a: b\n')
  expect(await applied(writePaths(path, undefined))).toBe('done')
  expect(await host.fs.readText(path)).toBeUndefined()
})

async function world() {
  const root = await tempFolder()
  const tier = `${root}/shared`
  for (const name of ['LLM', 'ipadapter', 'insightface']) {
    await mkdir(`${tier}/${name}`, { recursive: true })
    await writeFile(`${tier}/${name}/model.safetensors`, name)
  }
  await mkdir(`${root}/models`)
  await chmod(tier, 0o555)
  onTestFinished(() => chmod(tier, 0o755))
  return { root, tier, models: `${root}/models` }
}

async function stamps(folder: string): Promise<readonly string[]> {
  const paths = [folder, ...(await readdir(folder, { recursive: true })).map((name) => `${folder}/${name}`)]
  const lines = paths.map(async (path) => {
    const { mtimeNs, ctimeNs, mode } = await lstat(path, { bigint: true })
    return `${path} ${mtimeNs} ${ctimeNs} ${mode}`
  })
  return (await Promise.all(lines)).sort()
}

function applied(step: ReturnType<typeof linkFolders>) {
  return step.apply(host, () => {}, new AbortController().signal)
}
