import { expect, test } from 'vitest'
import type { BrokenLink } from '../../../../src/facts/broken-links.ts'
import type { Facts } from '../../../../src/facts/facts.ts'
import type { Foreign, Part } from '../../../../src/facts/foreign-layout.ts'
import { planImport } from '../../../../src/features/workspace/import/plan.ts'
import { importsTree, stateToImport } from '../../../../src/features/workspace/import/what-waits.ts'
import { decidePlaces } from '../../../../src/features/workspace/places.ts'
import { planWorkspace } from '../../../../src/features/workspace/plan.ts'
import { planLinkRepair } from '../../../../src/features/workspace/repair-links.ts'
import type { Settings } from '../../../../src/settings/settings.ts'
import { aFacts, aMarker, anImage, aPython, aSettings, aWorkspace } from '../../../support/world.ts'

const TREE = {
  path: '/workspace/ComfyUI',
  source: anImage(),
  missing: [],
  wanted: 4,
  by: 'git',
} as const satisfies Foreign['tree']

const PART: Part = { from: '/workspace/data/user', to: '/workspace/user' }

type Case = {
  readonly title: string
  readonly foreign: Partial<Foreign>
  readonly settings?: Partial<Settings>
  readonly folders?: readonly string[]
  readonly mode?: 'move' | 'link'
  readonly steps?: readonly string[]
  readonly problems?: readonly string[]
}

const CASES: readonly Case[] = [
  {
    title: 'a whole tree in its place is taken over unasked',
    foreign: { tree: TREE },
    steps: ['import-tree'],
  },
  {
    title: 'what is not used of it is said',
    foreign: { tree: TREE, unused: [{ path: '/workspace/venv', what: 'Python 3.10' }] },
    steps: ['import-tree'],
    problems: ['IMPORT_LEFT_OUT warning'],
  },
  {
    title: 'half a tree is not taken over, whatever was said',
    foreign: { tree: { ...TREE, missing: ['main.py'] } },
    settings: { importing: true },
    problems: ['IMPORT_INCOMPLETE blocking'],
  },
  {
    title: 'COMFY_ADOPT=link leaves a tree without a word',
    foreign: { tree: TREE },
    settings: { adopt: 'link' },
    mode: 'link',
  },
  {
    title: 'a tree that cannot be taken over is said to be unused',
    foreign: { tree: TREE },
    mode: 'link',
    problems: ['IMPORT_TREE_UNUSED warning'],
  },
  {
    title: 'a tree that would have to be moved waits for an answer',
    foreign: { tree: { ...TREE, path: '/workspace/run/ComfyUI' }, parts: [PART] },
    problems: ['IMPORT_WAITS blocking'],
  },
  {
    title: 'with the answer it is moved and taken over',
    foreign: { tree: { ...TREE, path: '/workspace/run/ComfyUI' }, parts: [PART] },
    settings: { importing: true },
    steps: ['import-folders', 'import-tree'],
  },
  {
    title: 'moves that were begun need no second answer',
    foreign: { tree: TREE, parts: [PART], isBegun: true },
    steps: ['import-folders', 'import-tree'],
  },
  {
    title: 'a record of moves that are all made is cleared',
    foreign: { isBegun: true },
    mode: 'link',
    steps: ['import-folders'],
  },
  {
    title: 'nothing is moved when one thing is in the way',
    foreign: { tree: TREE, parts: [PART, { ...PART, obstacle: 'taken' }] },
    settings: { importing: true },
    problems: ['IMPORT_IN_THE_WAY blocking'],
  },
  {
    title: 'state without a ComfyUI waits for an answer',
    foreign: { parts: [PART] },
    mode: 'link',
    problems: ['IMPORT_WAITS blocking'],
  },
  {
    title: 'with the answer state is moved',
    foreign: { parts: [PART] },
    settings: { importing: true },
    mode: 'link',
    steps: ['import-folders'],
  },
  {
    title: 'who said COMFY_ADOPT=link is told once more and ComfyUI starts',
    foreign: { parts: [PART] },
    settings: { adopt: 'link' },
    mode: 'link',
    problems: ['IMPORT_WAITS warning'],
  },
  {
    title: 'where ComfyUI has run without it, it goes on doing so',
    foreign: { parts: [PART] },
    folders: ['/workspace/user'],
    mode: 'link',
    problems: ['IMPORT_WAITS warning'],
  },
  {
    title: 'state cannot go into a ComfyUI that is to be moved here',
    foreign: { parts: [PART] },
    settings: { importing: true, adopt: 'move' },
    problems: ['IMPORT_NEEDS_AUTO blocking'],
  },
  { title: 'state in its place needs nothing', foreign: { kind: 'flat' }, mode: 'link' },
]

test.each(CASES)('$title', ({ foreign, settings, folders, mode, steps = [], problems = [] }) => {
  const facts = aFacts({ foreign: aForeign(foreign), folders: new Set(folders) })
  const wanted = aSettings(settings)
  const places = { ...decidePlaces(wanted, facts), ...(mode === 'link' ? { mode, base: '/workspace' } : {}) }

  const plan = planImport(wanted, facts, places)

  expect(plan.steps.map(({ id }) => id.replace('workspace/', ''))).toEqual(steps)
  expect(plan.problems.map(({ code, level }) => `${code} ${level}`)).toEqual(problems)
})

test('the image’s tree stays while it holds the Python that runs a tree of another image', () => {
  const python = aPython({ path: '/opt/ComfyUI/venv/bin/python', venv: '/opt/ComfyUI/venv' })
  const of = (importedFrom?: string) => {
    const marker = aMarker(importedFrom === undefined ? {} : { importedFrom })
    const facts = aFacts({
      python,
      workspace: aWorkspace({ tree: { state: 'ours', marker, isLinked: false } }),
    })
    const { steps } = planWorkspace(aSettings(), facts, decidePlaces(aSettings(), facts))
    return steps.some(({ id }) => id === 'workspace/give-way')
  }
  expect(of('tree')).toBe(false)
  expect(of()).toBe(true)
})

test('a plan without anything foreign is empty', () => {
  const facts = aFacts()
  expect(planImport(aSettings(), facts, decidePlaces(aSettings(), facts))).toEqual({
    steps: [],
    problems: [],
  })
})

test('a foreign tree takes the place of a copy, in move mode alone', () => {
  expect(importsTree(aFacts({ foreign: aForeign({ tree: TREE }) }), 'move')).toBe(true)
  expect(importsTree(aFacts({ foreign: aForeign({ tree: TREE }) }), 'link')).toBe(false)
  expect(importsTree(aFacts({ foreign: aForeign({ parts: [PART] }) }), 'move')).toBe(false)
  expect(importsTree(aFacts(), 'move')).toBe(false)
})

test('state that waits for its import keeps ComfyUI in the image', () => {
  const foreignOf = (overrides: Partial<Foreign>) => aFacts({ foreign: aForeign(overrides) })
  expect(stateToImport(foreignOf({ parts: [PART] }))).toContain('left its state in the workspace')
  expect(stateToImport(foreignOf({ isBegun: true }))).toContain('left its state')
  expect(stateToImport(foreignOf({ tree: TREE, parts: [PART] }))).toBeUndefined()
  expect(stateToImport(aFacts())).toBeUndefined()
})

const OURS = aWorkspace({ tree: { state: 'ours', marker: aMarker(), isLinked: false } })
const LINK: BrokenLink = {
  ...{ place: 'state', path: '/workspace/ComfyUI/user', target: '/gone', fault: 'dangling', isOurs: false },
}

const LINKS: readonly (readonly [string, Partial<Facts>, readonly string[], readonly string[]])[] = [
  [
    'a state folder that ComfyUI needs stops it',
    { brokenLinks: [LINK] },
    [],
    ['LINK_LEADS_NOWHERE blocking'],
  ],
  [
    'models that lead nowhere do not',
    { brokenLinks: [{ ...LINK, path: '/workspace/ComfyUI/models' }] },
    [],
    ['LINK_LEADS_NOWHERE warning'],
  ],
  [
    'a state folder that is not used is not judged',
    { brokenLinks: [{ ...LINK, path: '/workspace/user' }] },
    [],
    [],
  ],
  [
    'a link in ComfyUI’s place stops it',
    { brokenLinks: [{ ...LINK, place: 'home' }] },
    [],
    ['LINK_IN_COMFYUIS_PLACE blocking'],
  ],
  [
    'a person’s link inside itself is shown',
    { brokenLinks: [{ ...LINK, place: 'inside' }] },
    [],
    ['LINK_INSIDE_ITSELF warning'],
  ],
  [
    'one of ours is removed',
    { brokenLinks: [{ ...LINK, place: 'inside', isOurs: true }] },
    ['repair-links'],
    [],
  ],
  [
    'our link in the image’s place is led to the workspace again',
    {
      lostImage: { path: '/opt/ComfyUI', linkTarget: '/old/ComfyUI' },
      image: undefined,
      workspace: OURS,
    },
    ['give-way'],
    [],
  ],
  [
    'a link in the image’s place that is not known to be ours stays',
    { lostImage: { path: '/ComfyUI', linkTarget: '/old/ComfyUI' }, image: undefined, workspace: OURS },
    [],
    [],
  ],
]

test.each(LINKS)('%s', (_, overrides, steps, problems) => {
  const facts = aFacts(overrides)

  const plan = planLinkRepair(facts, decidePlaces(aSettings(), facts))

  expect(plan.steps.map(({ id }) => id.replace('workspace/', ''))).toEqual(steps)
  expect(plan.problems.map(({ code, level }) => `${code} ${level}`)).toEqual(problems)
})

function aForeign(overrides: Partial<Foreign>): Foreign {
  return {
    ...{ kind: 'tree', title: 'another image', tree: undefined, parts: [], unused: [], isBegun: false },
    ...overrides,
  }
}
