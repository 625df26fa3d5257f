import { expect, test } from 'vitest'
import { WORKSPACES } from '../../src/base/layout.ts'
import { images, imageTags, isSecret, read, settingNames } from './docker-files.ts'

/** Fields of a template of RunPod’s REST API (POST /v1/templates) and what they hold. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: isText,
  imageName: isText,
  category: (value) => ['NVIDIA', 'AMD', 'CPU'].includes(String(value)),
  containerDiskInGb: Number.isInteger,
  containerRegistryAuthId: isText,
  dockerEntrypoint: areTexts,
  dockerStartCmd: areTexts,
  env: (value) => areTexts(Object.values(value ?? {})),
  isPublic: isFlag,
  isServerless: isFlag,
  ports: areTexts,
  readme: isText,
  volumeInGb: Number.isInteger,
  volumeMountPath: isText,
}

const template = JSON.parse(read('docker/runpod/template.json'))

test('it has only fields that a template has, each of its kind, and those that must be there', () => {
  const wrong = Object.entries(template).filter(([name, value]) => FIELDS[name]?.(value) !== true)
  expect(wrong).toEqual([])
  expect(Object.keys(template)).toEqual(expect.arrayContaining(['name', 'imageName']))
})

test('it runs an image that is baked, as the image starts by itself', () => {
  expect(imageTags()).toContain(template.imageName)
  expect([template.dockerEntrypoint, template.dockerStartCmd]).toEqual([undefined, undefined])
})

test('the volume is the workspace, and the ports are the image’s without JupyterLab’s', () => {
  expect(template.volumeMountPath).toBe(WORKSPACES[0])
  expect(template.ports).toEqual(['8188/http', '3000/http'])
  for (const { ports } of images) expect(ports).toEqual(expect.arrayContaining([8188, 3000]))
})

test('it sets nothing but settings, and no secret', () => {
  const names = Object.keys(template.env)
  expect(names.filter((name) => !settingNames.has(name) || isSecret(name))).toEqual([])
  expect(names).not.toContain('COMFY_JUPYTER')
})

test('it is for cards of NVIDIA, and requires one', () => {
  expect([template.category, template.env.COMFY_GPU]).toEqual(['NVIDIA', 'require'])
})

test('it stays private, and is a pod', () => {
  expect([template.isPublic, template.isServerless]).toEqual([false, false])
})

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean'
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}
