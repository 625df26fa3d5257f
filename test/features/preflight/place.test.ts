import { describe, expect, it } from 'vitest'
import type { Facts, Mount, Workspace } from '../../../src/facts/facts.ts'
import {
  ABLE,
  aFolder,
  aMount,
  anImage,
  aPlainUser,
  aTier,
  aTrees,
  aWho,
  aWorkspace,
  unable,
} from '../../support/world.ts'
import { codesOf, OURS, problemsOf, type Row } from './codes.ts'

const GIB = 1024 ** 3
const ROOT_MOUNT = aMount({ point: '/', filesystem: 'overlay', source: 'overlay' })

function at(workspace: Partial<Workspace>, mounts?: readonly Mount[]): Partial<Facts> {
  const place = aWorkspace(workspace)
  return { workspace: place, ...(mounts === undefined ? {} : { mounts }) }
}

const unmounted = (more: Partial<Workspace> = {}) => at({ isMount: false, mount: ROOT_MOUNT, ...more })
const parts = unmounted({ mountsInside: ['/workspace/models', '/workspace/output'] })
const free = (freeBytes: number, freeInodes?: number) => ({ space: { freeBytes, freeInodes } })
const bigImage = anImage({ size: { bytes: 8 * GIB, files: 40_000 } })

describe('where the workspace lies', () => {
  it.each<[string, Row, readonly string[]]>([
    ['a mount is well', {}, []],
    ['no mount will not survive', { facts: unmounted() }, ['warning WORKSPACE_NOT_A_MOUNT']],
    ['outside a container nothing needs a mount', { facts: { ...unmounted(), inContainer: false } }, []],
    [
      'a folder inside a larger mount survives',
      { facts: at({ isMount: false, mount: aMount({ point: '/mnt/volume' }) }) },
      [],
    ],
    [
      'a tmpfs is a mount and does not survive',
      { facts: at({ mount: aMount({ filesystem: 'tmpfs' }) }) },
      ['warning WORKSPACE_IN_MEMORY'],
    ],
    ['only parts mounted is said', { facts: parts }, ['warning WORKSPACE_ONLY_PARTS_MOUNTED']],
    [
      'only parts mounted blocks when that is enforced',
      { facts: parts, settings: { singleMount: 'enforce' } },
      ['blocking WORKSPACE_ONLY_PARTS_MOUNTED'],
    ],
    ['only parts mounted may be meant', { facts: parts, settings: { singleMount: 'off' } }, []],
    [
      'enforcing a single mount allows mounts inside it',
      { facts: at({ mountsInside: ['/workspace/models'] }), settings: { singleMount: 'enforce' } },
      [],
    ],
    ['outside a container parts are no trap', { facts: { ...parts, inContainer: false } }, []],
  ])('%s', (_, row, expected) => {
    expect(codesOf(row)).toEqual(expected)
  })

  it('a volume that lies at another place is named, but not what runtimes, drivers and settings put there', () => {
    const points = [
      '/etc/hosts',
      '/usr/bin/nvidia-smi',
      '/dev/shm',
      '/opt/ComfyUI',
      '/shared',
      '/hot',
      '/comfy/mnt',
    ]
    const mounts = [
      ...points.map((point) => aMount({ point })),
      aMount({ point: '/scratch', filesystem: 'tmpfs' }),
      aMount({ point: '/cold', readOnly: true }),
    ]
    const facts = { ...unmounted(), mounts, tiers: [aTier('/hot/models')] }
    expect(problemsOf({ facts })[0]?.details).toEqual({ path: '/workspace', others: ['/comfy/mnt'] })
  })
})

describe('what the workspace lets us do', () => {
  it.each<[string, Row, readonly string[]]>([
    ['EACCES', { facts: at({ abilities: unable('EACCES') }) }, ['blocking WORKSPACE_NOT_WRITABLE']],
    ['EPERM', { facts: at({ abilities: unable('EPERM') }) }, ['blocking WORKSPACE_NOT_WRITABLE']],
    ['EROFS', { facts: at({ abilities: unable('EROFS') }) }, ['blocking WORKSPACE_READ_ONLY']],
    ['ENOSPC', { facts: at({ abilities: unable('ENOSPC'), ...free(0, 0) }) }, ['blocking WORKSPACE_FULL']],
    ['EDQUOT', { facts: at({ abilities: unable('EDQUOT') }) }, ['blocking WORKSPACE_FULL']],
    [
      'no renaming blocks',
      { facts: at({ abilities: { ...ABLE, rename: 'EPERM' } }) },
      ['blocking WORKSPACE_CANNOT_RENAME'],
    ],
    [
      'no symlinks blocks a first move',
      { facts: at({ abilities: { ...ABLE, link: 'EPERM' } }) },
      ['blocking WORKSPACE_WITHOUT_LINKS'],
    ],
    [
      'no symlinks is said when ComfyUI stays in the image',
      { facts: at({ abilities: { ...ABLE, link: 'EPERM' } }), mode: 'link' },
      ['warning WORKSPACE_WITHOUT_LINKS'],
    ],
    [
      'no symlinks is said when ComfyUI was moved before',
      { facts: at({ abilities: { ...ABLE, link: 'EPERM' }, tree: OURS }) },
      ['warning WORKSPACE_WITHOUT_LINKS'],
    ],
    ['noexec is said', { facts: at({ mount: aMount({ noExec: true }) }) }, ['warning WORKSPACE_NOEXEC']],
    [
      'a file is no workspace',
      { facts: at({ entry: aFolder({ kind: 'file' }), abilities: undefined }) },
      ['blocking WORKSPACE_NOT_A_FOLDER'],
    ],
    ['absent and can be made is well', { facts: at({ entry: undefined, abilities: undefined }) }, []],
    [
      'absent and cannot be made blocks',
      { facts: at({ entry: undefined, abilities: undefined, canMake: false }) },
      ['blocking WORKSPACE_CANNOT_BE_MADE'],
    ],
  ])('%s', (_, row, expected) => {
    expect(codesOf(row)).toEqual(expected)
  })

  const fresh = { entry: aFolder({ uid: 0, gid: 0 }), abilities: unable('EACCES') }
  it.each<[string, Partial<Facts>, readonly string[]]>([
    ['root gives a fresh volume away before it is used', { ...at(fresh), who: aWho() }, []],
    [
      'root makes an absent folder before it is used',
      { ...at({ entry: undefined, abilities: undefined, canMake: false }), who: aWho() },
      [],
    ],
    [
      'somebody else’s folder is not given away',
      { ...at({ ...fresh, entry: aFolder({ uid: 1024 }) }), who: aWho() },
      ['blocking WORKSPACE_NOT_WRITABLE'],
    ],
    [
      'root without capabilities gives nothing away',
      { ...at(fresh), who: aWho({ canChange: false }) },
      ['blocking WORKSPACE_NOT_WRITABLE'],
    ],
    [
      'a read-only mount is not given away',
      { ...at({ ...fresh, mount: aMount({ readOnly: true }) }), who: aWho() },
      ['blocking WORKSPACE_READ_ONLY'],
    ],
    [
      'an ordinary user gives nothing away',
      { ...at(fresh), who: aPlainUser(1000) },
      ['blocking WORKSPACE_NOT_WRITABLE'],
    ],
  ])('%s', (_, facts, expected) => {
    expect(codesOf({ facts })).toEqual(expected)
  })
})

describe('room in the workspace', () => {
  it.each<[string, Row, readonly string[]]>([
    ['enough for the move', { facts: { ...at(free(9 * GIB, 50_000)), image: bigImage } }, []],
    [
      'no more than the image is not enough',
      { facts: { ...at(free(8 * GIB + 40_000_000)), image: bigImage } },
      ['blocking NO_ROOM'],
    ],
    ['too little for the move', { facts: { ...at(free(8 * GIB)), image: bigImage } }, ['blocking NO_ROOM']],
    [
      'too few inodes for the move',
      { facts: { ...at(free(90 * GIB, 40_000)), image: bigImage } },
      ['blocking NO_INODES'],
    ],
    [
      'both at once',
      { facts: { ...at(free(1 * GIB, 100)), image: bigImage } },
      ['blocking NO_ROOM', 'blocking NO_INODES'],
    ],
    [
      'a filesystem without inodes has enough of them',
      { facts: { ...at(free(90 * GIB)), image: bigImage } },
      [],
    ],
    [
      'a little is enough when ComfyUI stays',
      { facts: { ...at(free(60_000_000)), image: bigImage }, mode: 'link' },
      [],
    ],
    [
      'a little is enough after the move',
      { facts: { ...at({ ...free(60_000_000), tree: OURS }), image: bigImage } },
      [],
    ],
    ['less than a little is not', { facts: at(free(40_000_000)), mode: 'link' }, ['blocking NO_ROOM']],
    [
      'an upgrade needs as much as a first move, and without it the old ComfyUI starts',
      { facts: { ...at({ ...free(8 * GIB, 40_000), tree: OURS }), image: bigImage }, copies: true },
      ['warning NO_ROOM', 'warning NO_INODES'],
    ],
    [
      'a cut move has taken room that it goes on with or gives back',
      { facts: { ...at({ ...free(1000, 1), tree: { state: 'torn' } }), image: bigImage } },
      [],
    ],
    [
      'so has a cut upgrade',
      {
        facts: {
          ...at({ ...free(1000, 1), tree: OURS, trees: { ...aTrees(), isStaged: true } }),
          image: bigImage,
        },
        copies: true,
      },
      [],
    ],
    [
      'an unknown size asks for a little',
      { facts: { ...at(free(60_000_000)), image: anImage({ size: undefined }) } },
      [],
    ],
    ['unknown room is no problem', { facts: at({ space: undefined }) }, []],
  ])('%s', (_, row, expected) => {
    expect(codesOf(row)).toEqual(expected)
  })
})
