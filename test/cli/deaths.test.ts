import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Death } from '../../src/base/death.ts'
import { layoutOf } from '../../src/base/layout.ts'
import { answer } from '../../src/cli/main.ts'
import { keepReport } from '../../src/features/deaths/reports.ts'
import { realFs } from '../../src/host/fs.ts'
import { aDeath } from '../features/deaths/a-death.ts'
import { aDesk, capturingHost } from '../support/desk.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { aSettings } from '../support/world.ts'

/** A desk for a workspace in which these deaths are kept. */
async function aWorkspaceWith(...deaths: readonly Death[]) {
  const workspace = await tempFolder()
  const folder = layoutOf(workspace).deaths
  for (const death of deaths) await keepReport(realFs(), folder, death)
  const captured = capturingHost()
  const settings = aSettings({ workspace })
  const ask = async () => ({ settings, origins: {} as never, problems: [] })
  return { ...captured, folder, desk: aDesk(captured.host, { ask }) }
}

const OLDER = aDeath({ at: '2026-11-21T11:00:00.000Z', service: 'jupyter', summary: 'JupyterLab ended.' })

test('deaths are listed with number, time, service, cause and summary, the newest first', async () => {
  const { desk, out } = await aWorkspaceWith(OLDER, aDeath())

  expect(await answer(desk, ['deaths'])).toBe(0)
  expect(out()).toBe(
    '1  2026-11-21 12:00:00Z  comfyui  exit  ComfyUI ended with exit code 7 after 12 s.\n' +
      '2  2026-11-21 11:00:00Z  jupyter  exit  JupyterLab ended.\n',
  )
})

test('one death is told with all that is known, and its last lines', async () => {
  const { desk, out } = await aWorkspaceWith(
    OLDER,
    aDeath({
      remedy: 'Do something.',
      promptId: 'a-prompt',
      ramBytes: 1024 ** 3,
      vramBytes: 2 * 1024 ** 3,
      isSafe: true,
      lines: ['one\tword', 'two'],
    }),
  )

  expect(await answer(desk, ['deaths', '1'])).toBe(0)
  expect(out()).toBe(
    `2026-11-21 12:00:00Z  comfyui  exit
ComfyUI ended with exit code 7 after 12 s.

remedy      Do something.
ended       exit code 7
lived       12 s
mode        safe mode
prompt      a-prompt
memory      1.0 GiB
GPU memory  2.0 GiB

Its last lines:

one    word
two
`,
  )
})

test('what is not known is not told', async () => {
  const { desk, out } = await aWorkspaceWith(aDeath({ lines: [], ending: { code: null, signal: null } }))
  await answer(desk, ['deaths', '1'])

  expect(out()).toBe(
    '2026-11-21 12:00:00Z  comfyui  exit\nComfyUI ended with exit code 7 after 12 s.\n\nended  stopped\nlived  12 s\n\nIt had printed nothing.\n',
  )
})

test('without a death that is said, and is no error', async () => {
  const { desk, out } = await aWorkspaceWith()

  expect(await answer(desk, ['deaths'])).toBe(0)
  expect(out()).toBe('No service has died.\n')
})

test('--json gives the list without lines, and one death whole', async () => {
  const list = await aWorkspaceWith(OLDER, aDeath())
  const one = await aWorkspaceWith(aDeath())
  const none = await aWorkspaceWith()

  expect(await answer(list.desk, ['deaths', '--json'])).toBe(0)
  const { lines: _, ...short } = aDeath()
  expect(JSON.parse(list.out())[0]).toEqual({ number: 1, ...short })
  await answer(one.desk, ['deaths', '1', '--json'])
  expect(JSON.parse(one.out())).toEqual(aDeath())
  await answer(none.desk, ['deaths', '--json'])
  expect(JSON.parse(none.out())).toEqual([])
})

test.each([
  ['0', 'is none'],
  ['-1', '«-1» is none'],
  ['first', 'N is the number of a death, 1 the newest; «first» is none.'],
  ['1.5', 'is none'],
  ['3', 'There is no death 3: 2 are kept.'],
  ['9999999', 'is none'],
])('the number %s is refused with 64', async (number, words) => {
  const { desk, out, err } = await aWorkspaceWith(OLDER, aDeath())

  expect(await answer(desk, ['deaths', number])).toBe(64)
  expect(err()).toContain(words)
  expect(out()).toBe('')
})

test('a number where no death is kept is refused', async () => {
  const { desk, err } = await aWorkspaceWith()

  expect(await answer(desk, ['deaths', '1'])).toBe(64)
  expect(err()).toContain('There is no death 1: none is kept.')
})

test('files that are no reports are left out with a word', async () => {
  const { desk, folder, out, err } = await aWorkspaceWith(aDeath())
  await writeFile(`${folder}/2026-11-21T13-00-00.000Z-comfyui.json`, '{"service":')

  expect(await answer(desk, ['deaths'])).toBe(0)
  expect(out()).toMatch(/^1 .*comfyui/)
  expect(err()).toBe(
    `Left out, for they are no reports: 2026-11-21T13-00-00.000Z-comfyui.json in ${folder}.\n`,
  )
})

test('what lies in the workspace does not steer the terminal', async () => {
  const evil = 'a\x1b[2Jb\x07'
  const { desk, out } = await aWorkspaceWith(
    aDeath({ summary: evil, service: evil, remedy: evil, promptId: evil, lines: [evil] }),
  )
  await answer(desk, ['deaths'])
  await answer(desk, ['deaths', '1'])

  expect(out()).toContain('a\\x1b[2Jb\\x07')
  expect(out().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})

test('a folder that cannot be read is a problem, with its code', async () => {
  const { desk, folder, err } = await aWorkspaceWith()
  await mkdir(folder, { recursive: true })
  const { fs } = desk.host
  const list = async () => {
    throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
  }

  expect(await answer({ ...desk, host: { ...desk.host, fs: { ...fs, list } } }, ['deaths'])).toBe(69)
  expect(err()).toContain('(TREE_NOT_READ)')
})
