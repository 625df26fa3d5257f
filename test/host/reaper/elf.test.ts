import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isProgramFor } from '../../../src/host/reaper/elf.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const otherProcessor = process.arch === 'x64' ? 'arm64' : 'x64'

test('the running Node is a program for this processor and for no other', () => {
  expect(isProgramFor(process.execPath)).toBe(true)
  expect(isProgramFor(process.execPath, otherProcessor)).toBe(false)
})

test('a script, an empty file, a cut-off file, a folder and an absent file are no programs', async () => {
  const folder = await tempFolder()
  writeFileSync(`${folder}/script`, '#!/bin/sh\necho tini version 0.19.0\n')
  writeFileSync(`${folder}/empty`, '')
  writeFileSync(`${folder}/cut`, Buffer.from('7f454c460201', 'hex'))

  const programs = ['script', 'empty', 'cut', '.', 'absent'].filter((name) =>
    isProgramFor(`${folder}/${name}`),
  )

  expect(programs).toEqual([])
})
