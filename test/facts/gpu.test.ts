import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { layoutOf } from '../../src/base/layout.ts'
import type { FirstLook } from '../../src/facts/first-look.ts'
import { lookDevices } from '../../src/facts/gpu.ts'
import { parseDriverVersion, parseModel, parseSmi } from '../../src/facts/parse-nvidia.ts'
import type { Host } from '../../src/host/host.ts'
import { rootedHost } from '../support/world/rooted-host.ts'
import { type Leaf, treeOf } from '../support/world/tree-of.ts'
import { aPlainUser, aSettings, aWho } from '../support/world.ts'

const DRIVER =
  'NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  Thu Jan 23 22:50:36 UTC 2025\nGCC version:  gcc version 12.3.0\n'
const CARD = 'Model: \t\t NVIDIA GeForce RTX 4090\nIRQ:   \t\t 120\nGPU UUID: \t GPU-1\n'

test('the driver’s version is read from both kinds of kernel module', () => {
  expect(parseDriverVersion(DRIVER)).toBe('570.86.15')
  expect(
    parseDriverVersion(
      'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (dvs)\n',
    ),
  ).toBe('580.95.05')
  expect(parseDriverVersion('')).toBeUndefined()
})

test('a card’s name is its model', () => {
  expect(parseModel(CARD)).toBe('NVIDIA GeForce RTX 4090')
})

test('nvidia-smi’s lines give name, capability and driver', () => {
  expect(parseSmi('NVIDIA GeForce RTX 5090, 12.0, 580.95.05\nOdd, named card, [N/A], 580.95.05\n')).toEqual({
    driver: '580.95.05',
    cards: [
      { name: 'NVIDIA GeForce RTX 5090', capability: 'sm_120' },
      { name: 'Odd, named card', capability: undefined },
    ],
  })
  expect(parseSmi('Failed to initialize NVML: Driver/library version mismatch\n')).toEqual({
    driver: undefined,
    cards: [],
  })
})

const PYTHON: Record<string, Leaf> = {
  '/opt/venv/bin/python': { program: '#!/bin/sh\necho x >> "$ASKED"\necho archs: sm_80 sm_120\n' },
  '/opt/venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.12.3\n',
  '/opt/venv/lib/python3.12/site-packages/torch/version.py': "__version__ = '2.9.1+cu128'\ncuda = '12.8'\n",
}
const MACHINE: Record<string, Leaf> = {
  ...PYTHON,
  '/proc/driver/nvidia/version': DRIVER,
  '/proc/driver/nvidia/gpus/0000:01:00.0/information': CARD,
  '/smi/nvidia-smi': {
    program: '#!/bin/sh\necho x >> "$ASKED"\necho "NVIDIA GeForce RTX 4090, 8.9, 570.86.15"\n',
  },
  '/workspace/.comfy-init': null,
  '/asked': '',
}

const ONE_CARD = { devices: ['/dev/nvidia0'], groups: [44] }

async function machine(files = MACHINE) {
  const root = await treeOf(files)
  const env = { PATH: `${root}/smi:/usr/bin:/bin`, ASKED: `${root}/asked` }
  const host = rootedHost(root, { env })
  const asked = async () => (await readFile(`${root}/asked`, 'utf8')).split('\n').length - 1
  return { host, asked }
}

function look(host: Host, devices: FirstLook['devices'], who = aPlainUser(1000)) {
  return lookDevices(host, aSettings(), {
    ...{
      runtime: 'docker',
      inContainer: true,
      mounts: [],
      workspaceEntry: undefined,
      workspaceIsLinked: false,
      workspaceNames: [],
      place: undefined,
    },
    layout: layoutOf('/workspace'),
    devices,
    who,
  })
}

test('a driver without device nodes is no GPU of ours', async () => {
  const { host, asked } = await machine()
  const { gpu, python } = await look(host, { devices: [], groups: [] })
  expect(gpu).toEqual({ devices: [], groups: [], driver: '570.86.15', cards: [] })
  expect(python?.torch?.archs).toBeUndefined()
  expect(await asked()).toBe(0)
})

test('nvidia-smi and torch are asked once, the second look runs no program', async () => {
  const { host, asked } = await machine()
  const first = await look(host, ONE_CARD)
  expect(first.gpu.cards).toEqual([{ name: 'NVIDIA GeForce RTX 4090', capability: 'sm_89' }])
  expect(first.python?.torch?.archs).toEqual(['sm_80', 'sm_120'])
  expect(await asked()).toBe(2)
  expect(await look(host, ONE_CARD)).toEqual(first)
  expect(await asked()).toBe(2)
})

test('another driver makes the kept answer void', async () => {
  const { host, asked } = await machine()
  await look(host, ONE_CARD)
  await host.fs.write('/proc/driver/nvidia/version', DRIVER.replace('570.86.15', '580.95.05'))
  await look(host, ONE_CARD)
  expect(await asked()).toBe(4)
})

test('nobody is asked while we are root and ComfyUI will not be', async () => {
  const { host, asked } = await machine()
  const { gpu } = await look(host, ONE_CARD, aWho())
  expect(await asked()).toBe(0)
  expect(gpu.cards).toEqual([{ name: 'NVIDIA GeForce RTX 4090', capability: undefined }])
})

test('nobody is asked before there is a folder of ours to keep the answer in', async () => {
  const { '/workspace/.comfy-init': _, ...files } = MACHINE
  const { host, asked } = await machine(files)
  await look(host, ONE_CARD)
  expect(await asked()).toBe(0)
  expect(await host.fs.look('/workspace')).toBeUndefined()
})

test('where nvidia-smi is missing or breaks, that is kept too', async () => {
  const { '/smi/nvidia-smi': _, ...files } = MACHINE
  const { host } = await machine({
    ...files,
    '/opt/venv/bin/python': { program: '#!/bin/sh\nexit 1\n' },
    '/smi/nvidia-smi': { program: '#!/bin/sh\necho x >> "$ASKED"\nexit 9\n' },
  })
  const { gpu, python } = await look(host, ONE_CARD)
  expect(gpu).toMatchObject({ driver: '570.86.15', cards: [{ name: 'NVIDIA GeForce RTX 4090' }] })
  expect(python?.torch?.archs).toBeUndefined()
  expect(await host.fs.readText('/workspace/.comfy-init/facts/gpu.json')).toContain('"cards": []')
})

test('a torn kept answer is asked again', async () => {
  const { host, asked } = await machine({ ...MACHINE, '/workspace/.comfy-init/facts/gpu.json': '{"key":' })
  await look(host, ONE_CARD)
  expect(await asked()).toBe(2)
})
