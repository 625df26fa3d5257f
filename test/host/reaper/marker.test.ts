import { expect, test } from 'vitest'
import { readMarker } from '../../../src/host/reaper/marker.ts'

test('the marker names the kind and the path, colons in the path included', () => {
  expect(readMarker({ COMFY_INIT_REAPER: 'embedded:/run/a:b/tini' })).toEqual({
    kind: 'embedded',
    path: '/run/a:b/tini',
  })
})

test('an absent, empty or foreign marker says nothing', () => {
  expect([{}, { COMFY_INIT_REAPER: '' }, { COMFY_INIT_REAPER: 'none:/x' }].map(readMarker)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
