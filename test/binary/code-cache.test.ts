import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeCodeCache } from '../../scripts/binary/code-cache.ts'
import { buildHalves } from '../../scripts/build.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** A word of the supervisor's own code: it is in the cache when that was compiled. */
const SUPERVISORS_WORD = 'rung-elapsed'

test('the code cache knows a boot, and where none can be made doctor alone, which is said', async () => {
  const work = await tempFolder()
  const { app } = await buildHalves(work)
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  onTestFinished(() => {
    log.mockRestore()
    vi.unstubAllEnvs()
  })
  const makeCache = async () => readFileSync(await makeCodeCache(app, { work, nodeOptions: [] }))

  const whole = await makeCache()
  expect(log).not.toHaveBeenCalled()
  expect(whole.includes(SUPERVISORS_WORD)).toBe(true)

  vi.stubEnv('TMPDIR', `${work}/absent`)
  const small = await makeCache()
  expect(log.mock.calls.flat().join()).toMatch(/doctor alone.*ENOENT/)
  expect(small.length).toBeGreaterThan(0)
  expect(small.includes(SUPERVISORS_WORD)).toBe(false)
})
