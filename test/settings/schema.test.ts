import { expect, test } from 'vitest'
import { fromJSONSchema, safeParse } from 'zod'
import { parseSettingsFile } from '../../src/settings/read.ts'
import { settingsFileSchema } from '../../src/settings/schema.ts'
import { optionKeys, optionOf } from '../../src/settings/settings.ts'
import { read, refused } from './given.ts'

const GOOD = {
  port: 8189,
  uid: 0,
  umask: '022',
  gpu: 'off',
  jupyter: true,
  nodes: ['a', 'b'],
  args: '--lowvram',
  'stop-grace': 6.5,
  'restart-limit': 1,
  workspace: '/data',
  listen: '::',
  instance: 'one',
  'hf-token': 'x',
}

const BAD = [
  { port: 0 },
  { port: 'x' },
  { uid: -1 },
  { gpu: 'maybe' },
  { nodes: [[1]] },
  { workspace: 'data' },
  { prot: 1 },
]

test('the schema names every option that a file may hold, each with its kind of value', () => {
  const { properties } = settingsFileSchema() as { properties: Record<string, object> }

  expect(Object.keys(properties)).toEqual(
    optionKeys.map(optionOf).flatMap((each) => (each.only === undefined ? each.flag : [])),
  )
  const kindless = Object.entries(properties).filter(([, each]) => !('type' in each) && !('enum' in each))
  expect(kindless).toEqual([])
})

test('what the schema takes is read, what it refuses is refused', async () => {
  const schema = fromJSONSchema(settingsFileSchema() as Parameters<typeof fromJSONSchema>[0])
  const taken = (file: object) => safeParse(schema, file).success

  expect(taken(GOOD)).toBe(true)
  await expect(read({ imageFile: JSON.stringify(GOOD) })).resolves.toBeDefined()
  expect(BAD.map(taken)).toEqual(BAD.map(() => false))
  for (const file of BAD) expect(await refused({ imageFile: JSON.stringify(file) })).not.toEqual([])
})

test('parsing never throws', async () => {
  const file = await parseSettingsFile({ path: '/x', text: '\u0000: [}', from: 'image-file' })
  expect(file.problems.length).toBeGreaterThan(0)
})
