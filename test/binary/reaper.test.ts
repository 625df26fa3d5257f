import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { imagePaths } from '../../src/host/reaper/candidates.ts'
import { type Box, makeBox, type RunOptions } from '../support/container.ts'
import { stubInit } from '../support/stub-init.ts'

const whoIsPid1 = ['sh', '-c', 'tr "\\0" " " </proc/1/cmdline']

test('an init of the image becomes PID 1', async () => {
  const box = await bareBox()
  await putInit(box, '/usr/bin/tini')

  expect(await pid1(box)).toEqual({ runs: '/usr/bin/tini -- /usr/local/bin/comfy-init', told: '' })
})

test('without an init in the image the embedded tini becomes PID 1', async () => {
  expect(await pid1(await bareBox())).toEqual({
    runs: '/run/comfy-init-0/tini -- /usr/local/bin/comfy-init',
    told: '',
  })
})

test('a user without a name and without a writable /run gets the embedded tini from /tmp', async () => {
  expect(await pid1(await bareBox(), { user: '54321:54321', dropCapabilities: true })).toEqual({
    runs: '/tmp/comfy-init-54321/tini -- /usr/local/bin/comfy-init',
    told: '',
  })
})

test('where no folder can run a program a shell becomes PID 1', async () => {
  const { runs, told } = await pid1(await bareBox(), { readOnlyRoot: true })

  expect(runs).toMatch(/^\/bin\/sh -c \n/)
  expect(told).toBe('')
})

test('where there is no shell either it goes on with one warning', async () => {
  const box = await bareBox()
  for (const path of ['/usr/bin/sh', '/usr/bin/bash', '/usr/bin/dash', '/usr/bin/busybox']) hide(box, path)
  const { code, out, err } = await said(box, { readOnlyRoot: true, args: ['cat', '/proc/1/cmdline'] })

  expect(code).toBe(0)
  expect(out.split('\0')).toEqual(['/usr/local/bin/comfy-init', 'cat', '/proc/1/cmdline', ''])
  expect(err.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^comfy-init: Cannot find an init to run under as PID 1 \(no folder .*; no shell\)/,
    ),
  ])
})

const brokenInits: Readonly<Record<string, (path: string) => void>> = {
  'that may not be executed': (path) => chmodSync(path, 0o644),
  'of 0 bytes': (path) => writeFileSync(path, ''),
  'that is a script': (path) => writeFileSync(path, '#!/bin/sh\necho tini version 0.19.0\n'),
  'for another processor': (path) => {
    const bytes = readFileSync(path)
    bytes.writeUInt16LE(process.arch === 'x64' ? 183 : 62, 18)
    writeFileSync(path, bytes)
  },
  'that is another program': (path) => copyFileSync('/bin/echo', path),
  'that is cut off': (path) => writeFileSync(path, readFileSync(path).subarray(0, 3000)),
}

test.each(Object.keys(brokenInits))('an init of the image %s is passed over', async (broken) => {
  const box = await bareBox()
  const path = await putInit(box, '/usr/bin/tini')
  brokenInits[broken]?.(path)

  expect(await pid1(box)).toEqual({ runs: expect.stringMatching(/^\/run\/comfy-init-0\/tini /), told: '' })
})

test.each([
  ['embedded', /^\/run\/comfy-init-0\/tini /, ''],
  ['shell', /^\/bin\/sh -c/, ''],
  ['off', /^\/usr\/local\/bin\/comfy-init$/, ''],
  ['/opt/my/init', /^\/opt\/my\/init -- /, ''],
  [
    '/opt/absent',
    /^\/usr\/bin\/tini /,
    'comfy-init: Cannot use COMFY_REAPER=/opt/absent (/opt/absent: ENOENT). Running under /usr/bin/tini instead.\n',
  ],
])('COMFY_REAPER=%s decides', async (wish, runs, told) => {
  const box = await bareBox()
  await putInit(box, '/usr/bin/tini')
  await putInit(box, '/opt/my/init')

  expect(await pid1(box, { env: { COMFY_REAPER: wish } })).toEqual({
    runs: expect.stringMatching(runs),
    told,
  })
})

test('a restarted container uses the embedded tini it has written before', async () => {
  const box = await bareBox()
  const inode = ['sh', '-c', 'stat -c %i-%Y /run/comfy-init-0/tini; ls /run/comfy-init-0']
  const [first, second] = [await said(box, { args: inode }), await said(box, { args: inode })]

  expect(first.out).toMatch(/^\d+-\d+\ntini\n$/)
  expect(second.out).toBe(first.out)
})

test('under an init of the platform nothing is handed over and the marker reaches no program', async () => {
  const box = await bareBox()
  await putInit(box, '/usr/bin/tini')
  const { out } = await said(box, {
    before: ['/usr/bin/tini', '--'],
    args: ['sh', '-c', 'ps -e -o comm= | grep -c tini; env | grep -c COMFY_INIT_REAPER'],
  })

  expect(out).toBe('1\n0\n')
})

async function pid1(
  box: Box,
  options: RunOptions = {},
): Promise<{ readonly runs: string; readonly told: string }> {
  const { out, err, code } = await said(box, { ...options, args: whoIsPid1 })
  expect(code).toBe(0)
  return { runs: out.split(/ (?=sh -c)| sh$/)[0] ?? '', told: err }
}

async function said(
  box: Box,
  options: RunOptions,
): Promise<{ readonly out: string; readonly err: string; readonly code: number }> {
  const running = await box.run({ ...options, init: true })
  const code = await running.ended
  return { out: running.out(), err: running.err(), code }
}

/** A box that has nothing of this machine's own inits, nor of what a comfy-init left in its /run. */
async function bareBox(): Promise<Box> {
  const box = await makeBox()
  for (const path of [...imagePaths, '/run/comfy-init-0']) hide(box, path)
  return box
}

async function putInit(box: Box, at: string): Promise<string> {
  const path = `${box.layer}${at}`
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  copyFileSync(await stubInit(), path)
  chmodSync(path, 0o755)
  return path
}

// A character device 0:0 in an upper layer is overlayfs's way to say «not there».
function hide(box: Box, path: string): void {
  if (!existsSync(path)) return
  mkdirSync(dirname(`${box.layer}${path}`), { recursive: true })
  execFileSync('mknod', [`${box.layer}${path}`, 'c', '0', '0'])
}
