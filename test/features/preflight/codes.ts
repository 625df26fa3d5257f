import { layoutOf, type Places } from '../../../src/base/layout.ts'
import type { Facts, WorkspaceTree } from '../../../src/facts/facts.ts'
import { planPreflight } from '../../../src/features/preflight/plan.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { aFacts, aPlainUser, aSettings } from '../../support/world.ts'

/** A tree that an earlier boot moved into the workspace. */
export const OURS: WorkspaceTree = {
  state: 'ours',
  isLinked: false,
  marker: {
    layout: 1,
    image: 'x',
    from: '/opt/ComfyUI',
    version: undefined,
    commit: undefined,
    adoptedAt: '',
  },
}

/** What a row changes about a machine on which nothing is wrong. */
export type Row = {
  readonly settings?: Partial<Settings>
  readonly facts?: Partial<Facts>
  readonly mode?: Places['mode']
  /** The image's tree is to be copied; where it is moved and no tree is ours yet, unless said otherwise. */
  readonly copies?: boolean
}

/** The problems of a machine that is well but for what the row says: a plain user, COMFY_GPU=off. */
export function problemsOf({ settings, facts, mode = 'move', copies }: Row) {
  const isOurs = facts?.workspace?.tree.state === 'ours'
  return planPreflight(aSettings({ gpu: 'off', ...settings }), aFacts({ who: aPlainUser(1000), ...facts }), {
    ...placesOf(mode),
    copies: copies ?? (mode === 'move' && !isOurs),
  }).problems
}

/** The same as `level CODE`. */
export function codesOf(row: Row): readonly string[] {
  return problemsOf(row).map((problem) => `${problem.level} ${problem.code}`)
}

function placesOf(mode: Places['mode']): Omit<Places, 'copies'> {
  const layout = layoutOf('/workspace')
  const base = mode === 'move' ? layout.home : layout.workspace
  return {
    mode,
    reason: 'the test says so',
    code: mode === 'move' ? layout.home : '/opt/ComfyUI',
    base,
    customNodes: `${base}/custom_nodes`,
    models: `${base}/models`,
    layout,
  }
}
