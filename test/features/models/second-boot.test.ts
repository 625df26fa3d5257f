import { mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { joinPlans, type Plan } from '../../../src/engine/plan.ts'
import { lookAround } from '../../../src/facts/look-around.ts'
import { planModels } from '../../../src/features/models/plan.ts'
import { decidePlaces } from '../../../src/features/workspace/places.ts'
import { planWorkspace } from '../../../src/features/workspace/plan.ts'
import { planPreparation } from '../../../src/features/workspace/prepare.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { listing } from '../../support/tree-listing.ts'
import { anImageIn, applyOnce, steadyHost } from '../workspace/real-boot.ts'

const host = steadyHost()

test.each(['move', 'link'] as const)(
  'in %s mode models are wired once, and again when folders come and go',
  async (adopt) => {
    const root = await tempFolder()
    const [hot, cold] = [`${root}/hot`, `${root}/cold`]
    const settings = { ...(await anImageIn(root)), adopt, sharedModels: [hot, cold] }
    for (const path of [`${hot}/loras`, `${cold}/loras`, `${cold}/LLM`])
      await mkdir(path, { recursive: true })
    const models = adopt === 'move' ? `${root}/workspace/ComfyUI/models` : `${root}/workspace/models`

    await applyOnce(host, await planBoth(settings))
    expect(await realpath(`${models}/LLM`)).toBe(`${cold}/LLM`)
    expect((await planBoth(settings)).steps.map(({ id }) => id)).toEqual([])

    await mkdir(`${hot}/LLM`)
    await writeFile(`${hot}/LLM/model.gguf`, '')
    await applyOnce(host, await planBoth(settings))
    expect(await realpath(`${models}/LLM`)).toBe(`${hot}/LLM`)

    await rm(`${hot}/LLM`, { recursive: true })
    await rm(cold, { recursive: true })
    const tier = await listing(hot)
    await applyOnce(host, await planBoth(settings))
    expect(await readdir(models)).not.toContain('LLM')
    expect((await planBoth(settings)).steps.map(({ id }) => id)).toEqual([])
    expect(await listing(hot)).toEqual(tier)
  },
)

async function planBoth(settings: Settings): Promise<Plan> {
  const facts = await lookAround(host, settings)
  const places = decidePlaces(settings, facts)
  return joinPlans(
    planPreparation(facts, places),
    planWorkspace(settings, facts, places),
    planModels(settings, facts, places),
  )
}
