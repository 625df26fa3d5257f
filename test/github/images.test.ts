import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TOP } from '../rules/source.ts'
import { jobsOf, type Matrix, workflows } from './workflow.ts'

const blocks = blocksOf(readFileSync(join(TOP, 'docker/docker-bake.hcl'), 'utf8'))
const jobs = jobsOf(workflows())

test('every target of the bake file is built on every processor that it is for', () => {
  const wanted = listOf(blocks, 'group all', 'targets').flatMap((group) =>
    listOf(blocks, `group ${group}`, 'targets').flatMap((target) =>
      platformsOf(blocks, target).map((platform) => `${target} ${platform.replace('linux/', '')}`),
    ),
  )
  expect(wanted).toContain('cuda-5090-slim arm64')
  expect(rowsOf(matrixOf('images.yml build')).toSorted()).toEqual(wanted.toSorted())
})

test('what was built is published, each target once', () => {
  expect(matrixOf('images.yml publish').target).toEqual(matrixOf('images.yml build').target)
})

test('a pattern of digests fits those of its target alone', () => {
  const { target = [], arch = [] } = matrixOf('images.yml build')
  const names = target.flatMap((each) => arch.map((one) => `digest-${each}-${one}`))
  for (const each of target) {
    const fitting = names.filter((name) => new RegExp(`^digest-${each}-a[^/]*64$`).test(name))
    expect(fitting).toEqual(arch.map((one) => `digest-${each}-${one}`))
  }
})

test('platforms are those of the target, else of what it inherits from', () => {
  const bake = blocksOf(
    'target "a" {\n  platforms = ["linux/x"]\n}\ntarget "b" { inherits = ["a"] }\n# c\ntarget "c" {\n  inherits = ["b"]\n  platforms = ["linux/y"]\n}\n',
  )
  expect(['a', 'b', 'c'].map((name) => platformsOf(bake, name))).toEqual([
    ['linux/x'],
    ['linux/x'],
    ['linux/y'],
  ])
})

function matrixOf(where: string): Matrix {
  return jobs.find((job) => job.where === where)?.strategy?.matrix ?? {}
}

/** The rows that GitHub makes of a matrix, as words. */
function rowsOf({ target = [], arch = [], exclude = [] }: Matrix): readonly string[] {
  return target.flatMap((each) =>
    arch
      .filter((one) => !exclude.some((row) => row.target === each && row.arch === one))
      .map((one) => `${each} ${one}`),
  )
}

type Blocks = Readonly<Record<string, string>>

/** The bodies of groups and targets: a block is one line, or ends where a brace stands at the margin. */
function blocksOf(bake: string): Blocks {
  const found = bake.matchAll(/^(group|target) "([^"]+)" \{(.*\}$|[\s\S]*?^\})/gm)
  return Object.fromEntries([...found].map(([, kind, name, body = '']) => [`${kind} ${name}`, body]))
}

function listOf(all: Blocks, block: string, key: string): readonly string[] {
  const list = new RegExp(`\\b${key}\\s*=\\s*\\[([^\\]]*)\\]`).exec(all[block] ?? '')?.[1] ?? ''
  return [...list.matchAll(/"([^"]+)"/g)].map(([, word = '']) => word)
}

function platformsOf(all: Blocks, target: string): readonly string[] {
  const own = listOf(all, `target ${target}`, 'platforms')
  if (own.length > 0) return own
  return listOf(all, `target ${target}`, 'inherits').flatMap((each) => platformsOf(all, each))
}
