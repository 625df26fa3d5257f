import { chmodSync, copyFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { proveInit } from '../../../src/host/reaper/prove-init.ts'
import { stubInit } from '../../support/stub-init.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test('an init is proven by what it says of itself', async () => {
  expect(proveInit(await stubInit())).toMatchObject({ before: ['--'] })
})

test('a program that is no init is refused with what it answered', async () => {
  const folder = await tempFolder()
  copyFileSync('/bin/echo', `${folder}/tini`)

  expect(proveInit(`${folder}/tini`)).toEqual({ refused: expect.stringMatching(/answers «.*» to --version/) })
})

test('a file without execute permission and an absent file are refused with the system code', async () => {
  const init = await stubInit()
  chmodSync(init, 0o600)

  expect(proveInit(init)).toEqual({ refused: 'EACCES' })
  expect(proveInit(`${init}.absent`)).toEqual({ refused: 'ENOENT' })
})
