import { describe, expect, it } from 'vitest'
import { gpuProblems } from '../../../src/base/catalogue/gpu.ts'
import { identityProblems } from '../../../src/base/catalogue/identity.ts'
import { machineProblems } from '../../../src/base/catalogue/machine.ts'
import type { Runtime } from '../../../src/base/entry.ts'
import { Problem } from '../../../src/base/problem.ts'
import { planIdentity } from '../../../src/features/identity/plan.ts'
import {
  ABLE,
  aCard,
  aFacts,
  aFolder,
  aGpu,
  aModelsFolder,
  aMount,
  anImage,
  aPlainUser,
  aPort,
  aPython,
  aSettings,
  aTier,
  aWho,
  aWorkspace,
  unable,
} from '../../support/world.ts'
import { problemsOf, type Row } from './codes.ts'

const RUNTIMES: readonly Runtime[] = ['docker', 'podman', 'kubernetes', 'runpod', 'none']
const MIB = 1024 ** 2

/** The machines on which each message is seen once, most of them with several things wrong. */
function machines(): readonly (readonly Problem[])[] {
  return [...images(), ...places(), ...models(), ...gpus(), ...identities(), limits(), lost()]
}

// What only shows while ComfyUI runs.
function lost(): readonly Problem[] {
  return [new Problem('GPU_LOST', { signs: '/dev/nvidia0 is gone' })]
}

function images() {
  const python = aPython({ path: '/workspace/venv/bin/python', version: '3.9' })
  const mounts = [aMount({ point: '/' }), aMount({ noExec: true })]
  const pythonRefused = { path: '/opt/venv/bin/python', code: 'EACCES' }
  return [
    problemsOf({ settings: { home: undefined }, facts: { image: undefined, python: undefined } }),
    problemsOf({
      settings: { home: '/srv/ComfyUI', python: '/usr/bin/python9' },
      facts: { image: undefined, python: undefined },
    }),
    problemsOf({ facts: { python, mounts } }),
    problemsOf({ facts: { python: undefined, pythonRefused } }),
    problemsOf({ facts: { pythonRefused } }),
  ]
}

function places() {
  const root = aMount({ point: '/', filesystem: 'overlay' })
  const rootOwned = { entry: aFolder(), abilities: unable('EACCES') }
  const shifted = { ...aPlainUser(1000), uidMap: [{ inside: 0, outside: 100000, count: 65536 }] }
  const groups = aWho({
    us: { uid: 1024, gid: 100, groups: [44, 109] },
    target: { uid: 1024, gid: 100, groups: [44, 109] },
    source: 'as-started',
    passwd: { name: 'comfy', home: '/home/comfy' },
  })
  const at = (more: Parameters<typeof aWorkspace>[0], rest: Row['facts'] = {}): Row => ({
    facts: { workspace: aWorkspace(more), ...rest },
  })
  const space = { freeBytes: 3 * 1024 ** 3, freeInodes: 1000 }
  const image = anImage({ size: { bytes: 8 * 1024 ** 3, files: 40_000 } })
  return [
    at({ isMount: false, mount: root }),
    at({ isMount: false, mount: root }, { mounts: [root, aMount({ point: '/comfy/mnt' })] }),
    at({ mount: aMount({ filesystem: 'tmpfs' }) }),
    at({
      isMount: false,
      mount: root,
      entry: aFolder(),
      mountsInside: ['/workspace/models', '/workspace/output'],
    }),
    at({ entry: undefined, abilities: undefined, canMake: false }),
    at({ entry: aFolder({ kind: 'file' }), abilities: undefined }),
    at(rootOwned),
    at({ ...rootOwned, entry: aFolder({ uid: 1000, gid: 1000, mode: 0o750 }) }, { who: groups }),
    at(rootOwned, { who: shifted }),
    at({ abilities: unable('EROFS') }),
    at({ abilities: unable('ENOSPC'), space: { freeBytes: 0, freeInodes: 0 } }),
    at({ abilities: unable('EDQUOT') }),
    at({
      mount: aMount({ filesystem: 'fuse.ntfs-3g', noExec: true }),
      abilities: { ...ABLE, rename: 'EPERM', link: 'EOPNOTSUPP' },
    }),
    at({ space }, { image }),
    { ...at({ space: { freeBytes: 20 * MIB, freeInodes: 10 } }), mode: 'link' as const },
  ].map(problemsOf)
}

function models() {
  const entry = { name: 'LLM', kind: 'link' as const, linkTarget: '/cold/LLM', empty: false }
  const folders = [aModelsFolder('/workspace/ComfyUI/models', [entry])]
  const missing = ['/hot', '/cold'].map((path) => aTier(path, [], { exists: false }))
  const tiers = [
    ...missing,
    aTier('/warm', [], { readOnly: false }),
    aTier('/mild', [], { unreadable: 'EACCES' }),
  ]
  return [problemsOf({ facts: { models: folders, tiers } })]
}

function gpus() {
  const torch = (cuda: string | undefined, archs?: readonly string[]) =>
    aPython({ torch: { version: cuda === undefined ? '2.9.1+cpu' : '2.9.1', cuda, archs } })
  const with5090 = aCard({ name: 'NVIDIA GeForce RTX 5090', capability: 'sm_120' }, '580.95.05')
  const with1080 = aCard({ name: 'NVIDIA GeForce GTX 1080', capability: 'sm_61' }, '580.95.05')
  const h100 = aCard({ name: 'NVIDIA H100 80GB HBM3', capability: 'sm_90' }, '550.54.15')
  const auto = (facts: Row['facts']): Row => ({ settings: { gpu: 'auto' }, facts: facts ?? {} })
  return [
    auto({ gpu: aGpu() }),
    { settings: { gpu: 'require' as const } },
    auto({ gpu: aCard(), python: torch(undefined) }),
    auto({ gpu: aCard({}, '525.85.12'), python: torch('13.0') }),
    auto({ gpu: h100, python: torch('13.0') }),
    auto({ gpu: with5090, python: torch('12.4', ['sm_50', 'sm_80', 'sm_86', 'sm_90']) }),
    auto({ gpu: with5090, python: torch('12.4') }),
    auto({ gpu: with1080, python: torch('12.8', ['sm_75', 'sm_80', 'sm_120']) }),
  ].map(problemsOf)
}

function identities() {
  const shifted = { ...aPlainUser(1000), uidMap: [{ inside: 0, outside: 100000, count: 65536 }] }
  const root = { uid: 0, gid: 0, groups: [] }
  const bound = aWho({ target: root, source: 'as-started', canChange: false })
  const few = aWho({ source: 'settings', uidMap: [{ inside: 0, outside: 1000, count: 1000 }] })
  const enforce = { identity: 'enforce' as const }
  return [
    planIdentity(aSettings(enforce), aFacts()),
    planIdentity(aSettings({ ...enforce, uid: 1024, gid: 1024 }), aFacts()),
    planIdentity(aSettings({ ...enforce, uid: 1024, gid: 1024 }), aFacts({ who: shifted })),
    planIdentity(aSettings({ uid: 1024 }), aFacts({ who: bound })),
    planIdentity(aSettings({ uid: 2000 }), aFacts({ who: few })),
    planIdentity(aSettings(), aFacts({ who: bound })),
    planIdentity(aSettings({ uid: 1024 }), aFacts({ who: aPlainUser(1000) })),
  ].map((plan) => plan.problems)
}

function limits() {
  const ports = [
    aPort('comfyui', 80, { free: false, fault: 'EACCES' }),
    aPort('comfyui', 8188, { free: false, fault: 'EACCES' }),
    aPort('http', 3001, { free: false, address: '999.1.1.1', fault: 'ENOTFOUND' }),
    aPort('jupyter', 8888, { free: false }),
    aPort('jupyter', 3000),
    aPort('http', 3000, { free: false, address: '127.0.0.1' }),
  ]
  const limits = { memoryBytes: 1024 * MIB, shmBytes: 32 * MIB, clockIsWrong: true }
  return problemsOf({ facts: { ports, limits, nowMs: 0 } })
}

/** A problem as it is read, with the remedy of every runtime where they differ. */
function inWords(problem: Problem): string {
  const { code, kind, level, what, why } = problem.in('docker')
  const remedies = RUNTIMES.map((runtime) => problem.in(runtime).remedy)
  const differ = new Set(remedies).size > 1
  return [
    `${code} (${kind}, ${level})`,
    `  ${what}`,
    `  ${why}`,
    ...(differ ? RUNTIMES.map((runtime, at) => `  → ${runtime}: ${remedies[at]}`) : [`  → ${remedies[0]}`]),
  ].join('\n')
}

describe('the words of preflight and identity', () => {
  it('are as they were reviewed', async () => {
    const text = machines().flat().map(inWords).join('\n\n')
    await expect(`${text}\n`).toMatchFileSnapshot('../../golden/preflight.txt')
  })

  it('are all among the reviewed ones', () => {
    const seen = new Set(machines().flatMap((problems) => problems.map((problem) => problem.code)))
    const all = Object.keys({ ...identityProblems, ...machineProblems, ...gpuProblems })
    expect(all.filter((code) => !seen.has(code as Problem['code']))).toEqual([])
  })

  it('keep to the house: «Cannot …» or a fact, whole sentences, no pleading', () => {
    for (const problem of machines().flat())
      for (const runtime of RUNTIMES) {
        const { what, why, remedy, level } = problem.in(runtime)
        if (level === 'blocking') expect(what).toMatch(/^Cannot /)
        for (const text of [what, why, remedy]) {
          expect(text).toMatch(/^[A-Z\d/-].*\.$/s)
          expect(text).not.toMatch(/please|failed to|!|undefined|NaN|\[object/i)
        }
      }
  })
})
