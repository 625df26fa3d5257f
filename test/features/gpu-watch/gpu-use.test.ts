import { expect, test } from 'vitest'
import { parseUse } from '../../../src/features/gpu-watch/gpu-use.ts'

test('each line is a card: memory in bytes, utilisation from 0 to 1', () => {
  expect(parseUse('0, NVIDIA H200, 1024, 143771, 7\n1, Odd, named card, 0, 24564, 100\n')).toEqual([
    { index: 0, name: 'NVIDIA H200', usedBytes: 2 ** 30, totalBytes: 143771 * 2 ** 20, utilisation: 0.07 },
    { index: 1, name: 'Odd, named card', usedBytes: 0, totalBytes: 24564 * 2 ** 20, utilisation: 1 },
  ])
})

test('what a card does not tell is no number', () => {
  expect(parseUse('0, NVIDIA A100, [N/A], 81920, [Not Supported]\n')).toEqual([
    {
      index: 0,
      name: 'NVIDIA A100',
      usedBytes: Number.NaN,
      totalBytes: 81920 * 2 ** 20,
      utilisation: Number.NaN,
    },
  ])
})

test('lines that are no card are left out', () => {
  expect(parseUse('')).toEqual([])
  expect(parseUse('No devices were found\n')).toEqual([])
  expect(parseUse('Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.\n')).toEqual([])
  expect(parseUse('index, name, memory.used, memory.total, utilization.gpu\n')).toEqual([])
})
