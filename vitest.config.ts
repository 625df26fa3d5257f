import { statfsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Where hundreds of volumes lie: in memory where there is room for them, so that no disk is waited for. */
const memory = hasRoom('/dev/shm') ? { TMPDIR: '/dev/shm' } : {}

/**
 * Files at a time: half of what a test lasts it waits for a program, a server or a deadline. Limits of time are far above what
 * a test lasts: they are for one that hangs, not for a busy machine.
 */
const maxWorkers = availableParallelism() + 1

/** What lasts longest begins first, or everything else is over long before it is; the others go by their size. */
const LONG = [
  'features/packages/cuts',
  'features/workspace/cuts',
  'features/packages/builds',
  'init/reaping',
  'init/stopping',
  'boot/nodes-kill',
  'boot/packages.',
  'boot/output.',
  'boot/queue.',
]

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => LONG.findIndex((part) => moduleId.includes(`/${part}`))
    const sorted = await super.sort(files)
    const long = sorted.filter((file) => rank(file) >= 0).sort((a, b) => rank(a) - rank(b))
    return [...long, ...sorted.filter((file) => rank(file) < 0)]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
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
          testTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'boot',
          include: ['test/binary/**/*.test.ts', 'test/boot/**/*.story.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'init',
          include: ['test/init/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers,
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
