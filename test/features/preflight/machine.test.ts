import { describe, expect, it } from 'vitest'
import type { Facts } from '../../../src/facts/facts.ts'
import {
  aModelsFolder,
  aMount,
  aPlainUser,
  aPort,
  aPython,
  aTier,
  aWho,
  aWorkspace,
} from '../../support/world.ts'
import { codesOf, OURS, problemsOf, type Row } from './codes.ts'

const MIB = 1024 ** 2
const moved = aWorkspace({ tree: OURS })
const REFUSED = { path: '/opt/venv/bin/python', code: 'EACCES' }
const limits = (more: Partial<Facts['limits']>): Row => ({
  facts: { limits: { memoryBytes: undefined, shmBytes: undefined, clockIsWrong: false, ...more } },
})

describe('the image', () => {
  it.each<[string, Row, readonly string[]]>([
    [
      'no ComfyUI anywhere',
      { settings: { home: undefined }, facts: { image: undefined } },
      ['blocking IMAGE_TREE_MISSING'],
    ],
    [
      'COMFY_HOME without ComfyUI',
      { settings: { home: '/x' }, facts: { image: undefined } },
      ['blocking HOME_WITHOUT_COMFYUI'],
    ],
    [
      'ComfyUI that an earlier boot moved out of the image',
      { facts: { image: undefined, workspace: moved } },
      [],
    ],
    [
      'ComfyUI that was moved and is lost is said by the workspace',
      { facts: { image: undefined, lostImage: { path: '/opt/ComfyUI', linkTarget: '/workspace/ComfyUI' } } },
      [],
    ],
    [
      'a Python that is not for us, and no other',
      { facts: { python: undefined, pythonRefused: REFUSED } },
      ['blocking PYTHON_REFUSED'],
    ],
    [
      'a Python that is not for us, and another',
      { facts: { pythonRefused: REFUSED } },
      ['warning PYTHON_REFUSED'],
    ],
    ['no Python', { facts: { python: undefined } }, ['blocking PYTHON_MISSING']],
    ['an old Python', { facts: { python: aPython({ version: '3.9' }) } }, ['warning PYTHON_TOO_OLD']],
    ['a Python of unknown version', { facts: { python: aPython({ version: undefined }) } }, []],
    [
      'a Python on a noexec mount',
      {
        facts: {
          python: aPython({ path: '/workspace/venv/bin/python' }),
          mounts: [aMount({ point: '/' }), aMount({ noExec: true })],
        },
      },
      ['blocking PYTHON_ON_NOEXEC'],
    ],
    [
      'a noexec mount elsewhere',
      { facts: { mounts: [aMount({ point: '/' }), aMount({ noExec: true })] } },
      [],
    ],
  ])('%s', (_, row, expected) => {
    expect(codesOf(row)).toEqual(expected)
  })
})

describe('shared models', () => {
  const link = (name: string, linkTarget: string) => ({
    name,
    kind: 'link' as const,
    linkTarget,
    empty: false,
  })
  const models = [
    aModelsFolder('/workspace/ComfyUI/models', [
      link('LLM', '/shared/models/LLM'),
      link('ipadapter', '/cold/ipadapter'),
      link('coldest', '/colder/coldest'),
    ]),
  ]

  it.each<[string, Partial<Facts>, readonly string[]]>([
    ['read-only and there', { tiers: [aTier('/cold')] }, []],
    ['missing', { tiers: [aTier('/cold', [], { exists: false })] }, ['warning SHARED_MODELS_MISSING']],
    [
      'each missing one is named',
      { tiers: ['/hot', '/cold'].map((path) => aTier(path, [], { exists: false })) },
      ['warning SHARED_MODELS_MISSING', 'warning SHARED_MODELS_MISSING'],
    ],
    [
      'not for us to read',
      { tiers: [aTier('/cold', [], { unreadable: 'EACCES' })] },
      ['warning SHARED_MODELS_UNREADABLE'],
    ],
    [
      'below a folder that is not for us',
      { tiers: [aTier('/cold', [], { unreadable: 'EACCES', exists: false })] },
      ['warning SHARED_MODELS_UNREADABLE'],
    ],
    [
      'not read-only',
      { tiers: [aTier('/cold', [], { readOnly: false })] },
      ['warning SHARED_MODELS_WRITABLE'],
    ],
    [
      'not read-only outside a container',
      { tiers: [aTier('/cold', [], { readOnly: false })], inContainer: false },
      [],
    ],
    [
      'links into a shared tree that is there',
      { models, tiers: [aTier('/shared/models'), aTier('/cold')] },
      [],
    ],
    [
      'links into a shared tree that is not',
      { models, tiers: [aTier('/cold')] },
      ['warning SHARED_MODELS_MISSING'],
    ],
  ])('%s', (_, facts, expected) => {
    expect(codesOf({ facts })).toEqual(expected)
  })

  it('a missing one names the links that lead into it, and no others', () => {
    const facts = { models, tiers: [aTier('/shared/models'), aTier('/cold', [], { exists: false })] }
    expect(problemsOf({ facts })[0]?.details).toEqual({ path: '/cold', links: ['ipadapter'] })
  })
})

describe('ports', () => {
  const busy = (port: number) => aPort('comfyui', port, { free: false })
  const refused = (fault: string, port = 8188) => aPort('comfyui', port, { free: false, fault })

  it.each<[string, Row, readonly string[]]>([
    ['free', { facts: { ports: [aPort('comfyui', 8188), aPort('http', 3000)] } }, []],
    ['a busy one', { facts: { ports: [busy(8188), aPort('http', 3000)] } }, ['blocking PORT_BUSY']],
    [
      'every busy one',
      { facts: { ports: [busy(8188), aPort('http', 3000, { free: false })] } },
      ['blocking PORT_BUSY', 'blocking PORT_BUSY'],
    ],
    [
      'one for two',
      { facts: { ports: [aPort('comfyui', 3000), aPort('http', 3000, { address: '127.0.0.1' })] } },
      ['blocking PORT_TWICE'],
    ],
    [
      'one for two, and busy',
      { facts: { ports: [busy(3000), aPort('http', 3000, { free: false })] } },
      ['blocking PORT_TWICE', 'blocking PORT_BUSY', 'blocking PORT_BUSY'],
    ],
    ['a low one that can be bound', { facts: { ports: [aPort('comfyui', 80)] } }, []],
    ['a low one that cannot', { facts: { ports: [refused('EACCES', 80)] } }, ['blocking PORT_PRIVILEGED']],
    ['a low one in use', { facts: { ports: [refused('EADDRINUSE', 80)] } }, ['blocking PORT_BUSY']],
    ['a high one that cannot', { facts: { ports: [refused('EACCES')] } }, ['blocking PORT_REFUSED']],
    ...['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT'].map(
      (code): [string, Row, readonly string[]] => [
        `an address that cannot be had: ${code}`,
        { facts: { ports: [refused(code)] } },
        ['blocking ADDRESS_UNUSABLE'],
      ],
    ),
    [
      'one address for two ports, told once',
      {
        facts: {
          ports: [refused('ENOTFOUND'), aPort('jupyter', 8888, { free: false, fault: 'ENOTFOUND' })],
        },
      },
      ['blocking ADDRESS_UNUSABLE'],
    ],
    [
      'a low one that root cannot bind is busy',
      {
        facts: {
          ports: [busy(80)],
          who: aWho({ target: { uid: 0, gid: 0, groups: [] }, source: 'settings' }),
        },
      },
      ['blocking PORT_BUSY'],
    ],
    ['1024 is not low', { facts: { ports: [busy(1024)], who: aPlainUser(1000) } }, ['blocking PORT_BUSY']],
  ])('%s', (_, row, expected) => {
    expect(codesOf(row)).toEqual(expected)
  })
})

describe('limits', () => {
  it.each<[string, Row, readonly string[]]>([
    ['none known', limits({}), []],
    ['2 GiB of memory', limits({ memoryBytes: 2048 * MIB }), []],
    ['less memory', limits({ memoryBytes: 2047 * MIB }), ['warning MEMORY_LOW']],
    ['Docker’s usual /dev/shm, partly in use', limits({ shmBytes: 48 * MIB }), []],
    ['a smaller /dev/shm', limits({ shmBytes: 47 * MIB }), ['warning SHM_SMALL']],
    ['a wrong clock', limits({ clockIsWrong: true }), ['warning CLOCK_WRONG']],
    [
      'all of them at once',
      limits({ memoryBytes: MIB, shmBytes: MIB, clockIsWrong: true }),
      ['warning MEMORY_LOW', 'warning SHM_SMALL', 'warning CLOCK_WRONG'],
    ],
  ])('%s', (_, row, expected) => {
    expect(codesOf(row)).toEqual(expected)
  })
})
