import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodeOf } from '../../src/base/exit-code.ts'
import { INSTANCE, SHARED } from '../../src/base/layout.ts'
import { durationMs, images, imageTags, read, settingNames, stopMs, TOP } from './docker-files.ts'
import { QUADLET_KEYS, readUnit } from './quadlet-file.ts'

const FOLDER = 'docker/quadlet'
const FILES = readdirSync(join(TOP, FOLDER))

const unit = readUnit(`${FOLDER}/comfyui.container`)
const values = (key: string) => unit.filter((line) => line.key === key).map((line) => line.value)
const value = (key: string) => values(key).join()

const inContainer = unit.filter((line) => line.section === 'Container')
const environment = Object.fromEntries(
  inContainer.filter(({ key }) => key === 'Environment').map((line) => line.value.split('=')),
)

test('there is a container with a network and a volume, and each file it names is there', () => {
  expect(FILES.toSorted()).toEqual(['comfyui.container', 'comfyui.network', 'comfyui.volume'])
  expect(values('Network')).toEqual(['comfyui.network'])
  expect(values('Volume')[0]).toBe(`comfyui.volume:${INSTANCE}`)
})

test.each(FILES)('%s has only keys that Podman 5.2 takes, in sections of a unit', (file) => {
  const lines = readUnit(`${FOLDER}/${file}`)
  const unknown = lines.filter(({ section, key }) => QUADLET_KEYS[section]?.includes(key) === false)
  expect(unknown).toEqual([])
  const kind = { container: 'Container', network: 'Network', volume: 'Volume' }[file.split('.')[1] ?? '']
  const sections = new Set(lines.map(({ section }) => section))
  expect([...sections].filter((each) => !['Unit', 'Service', 'Install', kind].includes(each))).toEqual([])
  expect(sections).toContain(kind)
})

test('no key is written twice but those that take several values', () => {
  const once = unit.filter(({ key }) => !['Environment', 'Volume'].includes(key)).map(({ key }) => key)
  expect(once.filter((key, at) => once.indexOf(key) !== at)).toEqual([])
})

test('it runs an image that is baked, for the first card, which is required', () => {
  expect(imageTags()).toContain(value('Image'))
  expect(value('AddDevice')).toBe('nvidia.com/gpu=0')
  expect(environment.COMFY_GPU).toBe('require')
})

test('it is called comfyui in its network and publishes no port', () => {
  expect([value('ContainerName'), value('NetworkAlias')]).toEqual(['comfyui', 'comfyui'])
  expect(values('PublishPort')).toEqual([])
})

test('ports that are there to be uncommented are the image’s, for this host alone', () => {
  const ports = [...read(`${FOLDER}/comfyui.container`).matchAll(/^#PublishPort=(\S+):(\d+):(\d+)$/gm)]
  expect(ports.map(([, address, outside, inside]) => `${address} ${outside} ${inside}`)).toEqual([
    '127.0.0.1 8188 8188',
    '127.0.0.1 3000 3000',
  ])
})

test('it sets nothing but settings, also in what is there to be uncommented', () => {
  const text = read(`${FOLDER}/comfyui.container`)
  const names = [...text.matchAll(/^#?Environment=(\w+)=/gm)].map(([, name = '']) => name)
  expect(names.filter((name) => !settingNames.has(name))).toEqual([])
  expect(names).toContain('HF_TOKEN_FILE')
})

test('comfy-init has less time to stop than podman gives, and podman less than systemd', () => {
  const podmanMs = Number(value('StopTimeout')) * 1000
  expect(stopMs(environment)).toBeLessThan(podmanMs)
  expect(podmanMs).toBeLessThan(durationMs(value('TimeoutStopSec')))
})

test('its health is asked for as the image says', () => {
  for (const { health } of images) {
    expect(['CMD', ...value('HealthCmd').split(' ')]).toEqual(health.test)
    expect([value('HealthInterval'), value('HealthTimeout'), value('HealthStartPeriod')]).toEqual([
      health.interval,
      health.timeout,
      health.start_period,
    ])
  }
})

test('it can write its volume and memory alone, and runs as the person who started it', () => {
  expect(values('Volume')).toEqual([`comfyui.volume:${INSTANCE}`, `%h/comfyui/models:${SHARED}/models:ro`])
  expect(['ReadOnly', 'NoNewPrivileges', 'DropCapability'].map(value)).toEqual(['true', 'true', 'all'])
  expect(value('UserNS')).toBe(`keep-id:uid=${value('User')},gid=${value('Group')}`)
})

test('what a restart cannot mend is not restarted', () => {
  const codes = [exitCodeOf(['usage']), exitCodeOf(['settings'])]
  expect(value('RestartPreventExitStatus')).toBe(codes.join(' '))
})
