import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Death } from '../../../src/base/death.ts'
import {
  keepReport,
  MOST_REPORT_BYTES,
  MOST_REPORTS,
  readReports,
} from '../../../src/features/deaths/reports.ts'
import { realFs } from '../../../src/host/fs.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { aDeath } from './a-death.ts'

const fs = realFs()

/** A death so many minutes after noon. */
const later = (minutes: number): Death =>
  aDeath({ at: new Date(Date.UTC(2026, 10, 21, 12, minutes)).toISOString() })

test('a report is read as it was written, from a folder that is made for it', async () => {
  const folder = `${await tempFolder()}/own/deaths`

  await keepReport(fs, folder, aDeath())

  expect(await readdir(folder)).toEqual(['2026-11-21T12-00-00.000Z-comfyui.json'])
  expect(await readReports(fs, folder)).toEqual({ deaths: [aDeath()], unreadable: [] })
})

test('the newest 50 are kept and told newest first; files of others stay', async () => {
  const folder = await tempFolder()
  await writeFile(`${folder}/notes.txt`, 'mine')
  await writeFile(`${folder}/0.json`, '{}')

  for (let at = 0; at < MOST_REPORTS + 3; at++) await keepReport(fs, folder, later(at))

  const { deaths, unreadable } = await readReports(fs, folder)
  expect(deaths).toHaveLength(MOST_REPORTS)
  expect(deaths[0]).toEqual(later(MOST_REPORTS + 2))
  expect(deaths.at(-1)).toEqual(later(3))
  expect(unreadable).toEqual(['0.json'])
  expect(await readFile(`${folder}/notes.txt`, 'utf8')).toBe('mine')
})

test('a report that would be larger than 1 MiB loses its oldest lines', async () => {
  const folder = await tempFolder()
  const lines = Array.from({ length: 200 }, (_, at) => `${at} ${'"'.repeat(4000)}`)

  await keepReport(fs, folder, aDeath({ lines }))

  const [name = ''] = await readdir(folder)
  const bytes = (await readFile(`${folder}/${name}`)).length
  expect(bytes).toBeLessThanOrEqual(MOST_REPORT_BYTES)
  expect(bytes).toBeGreaterThan(MOST_REPORT_BYTES / 2)
  const [kept] = (await readReports(fs, folder)).deaths
  expect(kept?.lines.at(-1)).toBe(lines.at(-1))
})

test('what a crash left half-written is removed by the next report', async () => {
  const folder = await tempFolder()
  await writeFile(`${folder}/2026-11-21T11-00-00.000Z-comfyui.json.partial`, '{"ser')
  await writeFile(`${folder}/mine.partial`, 'mine')

  await keepReport(fs, folder, aDeath())

  expect((await readdir(folder)).sort()).toEqual(['2026-11-21T12-00-00.000Z-comfyui.json', 'mine.partial'])
})

test.each([
  ['half a report', '{"service": "comfyui", '],
  ['another document', '[]'],
  ['a report without lines', JSON.stringify({ ...aDeath(), lines: undefined })],
  ['lines that are no texts', JSON.stringify({ ...aDeath(), lines: [1] })],
  ['a summary that is no text', JSON.stringify({ ...aDeath(), summary: {} })],
  ['an ending that is none', JSON.stringify({ ...aDeath(), ending: null })],
  ['an ending of another kind', JSON.stringify({ ...aDeath(), ending: { code: {}, signal: null } })],
  ['nothing', ''],
])('%s is left out, and named', async (_, text) => {
  const folder = await tempFolder()
  await keepReport(fs, folder, aDeath())
  await writeFile(`${folder}/2026-11-21T13-00-00.000Z-comfyui.json`, text)

  expect(await readReports(fs, folder)).toEqual({
    deaths: [aDeath()],
    unreadable: ['2026-11-21T13-00-00.000Z-comfyui.json'],
  })
})

test('a file that is too large, and a folder in place of a file, are left out', async () => {
  const folder = await tempFolder()
  await writeFile(`${folder}/a.json`, JSON.stringify(aDeath({ lines: ['x'.repeat(MOST_REPORT_BYTES)] })))
  await mkdir(`${folder}/b.json`)

  expect(await readReports(fs, folder)).toEqual({ deaths: [], unreadable: ['b.json', 'a.json'] })
})

test('without a folder there are no deaths', async () => {
  expect(await readReports(fs, `${await tempFolder()}/deaths`)).toEqual({ deaths: [], unreadable: [] })
})
