import { describe, expect, it } from 'vitest'
import { hostId, modeText, personText, rangesText } from '../../src/base/ids.ts'

const ROOTLESS = [
  { inside: 0, outside: 1000, count: 1 },
  { inside: 1, outside: 100000, count: 65536 },
]

describe('ids in words', () => {
  it('names root and whoever has a name', () => {
    expect(personText({ uid: 0, gid: 0 })).toBe('0:0 (root)')
    expect(personText({ uid: 1024, gid: 100 })).toBe('1024:100')
    expect(personText({ uid: 1000, gid: 1000 }, 'comfy')).toBe('1000:1000 (comfy)')
  })

  it.each([
    [0o755, '0755 (rwxr-xr-x)'],
    [0o700, '0700 (rwx------)'],
    [0o1777, '1777 (rwxrwxrwx)'],
    [0o640, '0640 (rw-r-----)'],
  ])('shows mode %i as number and letters', (mode, text) => {
    expect(modeText(mode)).toBe(text)
  })
})

describe('ids in a user namespace', () => {
  it.each([
    [0, 1000],
    [1, 100000],
    [1000, 100999],
    [65536, 165535],
    [65537, undefined],
  ])('container id %i is host id %s in a rootless podman', (inside, outside) => {
    expect(hostId(ROOTLESS, inside)).toBe(outside)
  })

  it('takes a map that could not be read for no namespace at all', () => {
    expect(hostId([], 1000)).toBe(1000)
  })

  it('lists the ids the namespace holds', () => {
    expect(rangesText(ROOTLESS)).toBe('0, 1 to 65536')
  })
})
