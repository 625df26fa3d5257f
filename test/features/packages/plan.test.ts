import { expect, test } from 'vitest'
import type { Facts } from '../../../src/facts/facts.ts'
import { planPackages } from '../../../src/features/packages/plan.ts'
import { ABLE, aMount, aSettings } from '../../support/world.ts'
import { lookAt, packageWorld } from './package-world.ts'

async function plannedWith(change: (facts: Facts) => Partial<Facts>, lines = 'beta\n') {
  const world = await packageWorld()
  const facts = await lookAt(world, 0)
  const sources = [world.node('first', { 'requirements.txt': lines })]
  const plan = planPackages(aSettings(), { ...facts, ...change(facts) }, { places: world.places, sources })
  return [...plan.steps.map(({ id, title }) => `${id}: ${title}`), ...plan.problems.map(({ code }) => code)]
}

test('packages are installed as the person, once our folder is there', async () => {
  expect(await plannedWith(() => ({}))).toEqual(['packages/install: Install Python packages of first'])
  expect(await plannedWith(() => ({ folders: new Set() }))).toEqual([])
  expect(
    await plannedWith(({ who }) => ({ who: { ...who, target: { uid: 1000, gid: 1000, groups: [] } } })),
  ).toEqual([])
  expect(await plannedWith(() => ({ packages: undefined }))).toEqual([])
})

test('a place without symbolic links, or where nothing can be run, is a warning', async () => {
  const noLinks = ({ workspace }: Facts) => ({
    workspace: { ...workspace, abilities: { ...ABLE, link: 'EPERM' } },
  })
  expect(await plannedWith(noLinks)).toEqual(['PACKAGES_PLACE_UNFIT'])
  const noExec = ({ workspace }: Facts) => ({ mounts: [aMount({ point: workspace.path, noExec: true })] })
  expect(await plannedWith(noExec)).toEqual(['PACKAGES_PLACE_UNFIT'])
})

test('lines that are refused fail their node and name file and line', async () => {
  const world = await packageWorld()
  const first = world.node('first', { 'requirements.txt': '-r more.txt\n', 'more.txt': 'beta\n-e .\n' })
  const second = world.node('second', { 'requirements.txt': '-r ../first/more.txt\n' })
  const third = { ...world.node('third', { 'requirements.txt': '-e .\n' }), requirements: ['beta'] }
  const { problems, packages } = await world.boot([first, second, third])
  expect(problems.map((each) => each.toJSON().why)).toEqual([
    expect.stringContaining(`Line 2 of ${first.path}/more.txt, «-e .», installs from a folder`),
    expect.stringContaining('«-r ../first/more.txt», leads out of the node’s folder'),
  ])
  expect(packages.current?.record.nodes.third?.added).toEqual(['beta==2.0'])
})
