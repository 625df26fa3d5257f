import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { TOP } from '../rules/source.ts'

export type Access = Readonly<Record<string, 'read' | 'write' | 'none'>>

export type Step = {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

export type Job = {
  readonly uses?: string
  readonly permissions?: Access
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix: Matrix }
  readonly steps?: readonly Step[]
}

/** A list per word; `include` holds whole rows and `exclude` parts of rows. */
export type Matrix = {
  readonly target?: readonly string[]
  readonly arch?: readonly string[]
  readonly exclude?: readonly Readonly<Record<string, string>>[]
}

/** One workflow: its file name, its text and what is in it. */
export type Workflow = {
  readonly name: string
  readonly text: string
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: Access
  readonly jobs: Readonly<Record<string, Job>>
}

/** Where workflows lie, from the top of the repository. */
export const FOLDER = '.github/workflows'

/** Every workflow of the repository. */
export function workflows(): readonly Workflow[] {
  return readdirSync(join(TOP, FOLDER)).map((name) =>
    workflowFrom(name, readFileSync(join(TOP, FOLDER, name), 'utf8')),
  )
}

/** A workflow from its text. */
export function workflowFrom(name: string, text: string): Workflow {
  return { ...parse(text), name, text }
}

/** All jobs of some workflows, each with a name that says where it is. */
export function jobsOf(all: readonly Workflow[]): readonly (Job & { readonly where: string })[] {
  return all.flatMap(({ name, jobs }) =>
    Object.entries(jobs).map(([id, job]) => ({ ...job, where: `${name} ${id}` })),
  )
}

/** All steps of some workflows, each with a name that says where it is. */
export function stepsOf(all: readonly Workflow[]): readonly (Step & { readonly where: string })[] {
  return jobsOf(all).flatMap(({ where, steps = [] }) =>
    steps.map((step, at) => ({ ...step, where: `${where} step ${at + 1}` })),
  )
}

/** Lines that name an action without its whole commit and, in a comment, its version. Files of the repository are its own. */
export function unpinned({ name, text }: Pick<Workflow, 'name' | 'text'>): readonly string[] {
  const lines = text.split('\n').filter((line) => /\buses:/.test(line) && !/uses: \.\//.test(line))
  return lines
    .filter((line) => !/uses: [\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+(\.\d+){2}$/.test(line))
    .map((line) => `${name}: ${line.trim()}`)
}
