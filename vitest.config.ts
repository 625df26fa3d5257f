import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/boot/**', 'test/binary/**', 'test/image/**', 'test/faults/**'],
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
          name: 'faults',
          include: ['test/faults/**/*.test.ts', 'test/features/workspace/cuts.test.ts'],
          env: { FAULTS: 'all' },
          testTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
