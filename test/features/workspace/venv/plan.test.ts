import { expect, test } from 'vitest'
import { layoutOf, type Places } from '../../../../src/base/layout.ts'
import type { Facts } from '../../../../src/facts/facts.ts'
import { planVenv } from '../../../../src/features/workspace/venv/plan.ts'
import { aFacts, aMount, aPython, aWorkspace } from '../../../support/world.ts'

const IN_TREE = aPython({ path: '/opt/ComfyUI/venv/bin/python', venv: '/opt/ComfyUI/venv' })
const MOVED = '/workspace/ComfyUI/venv/bin/python'

test('a venv that comes along with the tree is started at its new place, in the round of the move', () => {
  expect(titles({ python: IN_TREE })).toEqual([`Start ${MOVED} once, to see that its venv works where it is`])
})

test('a venv outside the tree, a Python without one, and one that stays in the image are not started', () => {
  expect(titles({})).toEqual([])
  expect(titles({ python: { ...IN_TREE, venv: undefined } })).toEqual([])
  expect(titles({ python: { ...IN_TREE, venv: '/opt/ComfyUI-2/venv' } })).toEqual([])
  expect(titles({ python: IN_TREE }, false)).toEqual([])
  expect(titles({ python: undefined })).toEqual([])
})

test('one in the workspace is started until it is proven', () => {
  expect(titles({ treeVenv: { python: MOVED, isProven: false } })).toHaveLength(1)
  expect(titles({ treeVenv: { python: MOVED, isProven: true } })).toEqual([])
})

test('a workspace where no program runs is told before anything is moved', () => {
  const workspace = aWorkspace({ mount: aMount({ noExec: true }) })
  const { steps, problems } = plan({ python: IN_TREE, workspace })
  expect(steps).toEqual([])
  expect(problems.map(({ code, level }) => [code, level])).toEqual([['VENV_TO_NOEXEC', 'blocking']])
  expect(plan({ workspace })).toEqual({ steps: [], problems: [] })
})

function titles(facts: Partial<Facts>, copies = true): readonly string[] {
  return plan(facts, copies).steps.map(({ title }) => title)
}

function plan(facts: Partial<Facts>, copies = true) {
  const layout = layoutOf('/workspace')
  const base = layout.home
  const places: Places = {
    ...{ mode: copies ? 'move' : 'link', reason: 'a test', code: base, base, copies, layout },
    ...{ customNodes: `${base}/custom_nodes`, models: `${base}/models` },
  }
  return planVenv(aFacts(facts), places)
}
