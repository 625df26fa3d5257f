import { statfsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

/** Where hundreds of volumes lie: in memory where there is room for them, so that no disk is waited for. */
const memory = hasRoom('/dev/shm') ? { TMPDIR: '/dev/shm' } : {}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/page/**',
            'test/boot/**',
            'test/binary/**',
            'test/init/**',
            'test/image/**',
            'test/faults/**',
          ],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'boot',
          include: ['test/binary/**/*.test.ts', 'test/boot/**/*.story.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'init',
          include: ['test/init/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'image',
          include: ['test/image/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts', 'test/features/**/cuts.test.ts'],
          env: { FAULTS: 'all', ...memory },
          testTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
})

function hasRoom(path: string): boolean {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize > 2e9
}
