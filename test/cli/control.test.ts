import { expect, onTestFinished, test } from 'vitest'
import { answer } from '../../src/cli/main.ts'
import { doorsOn } from '../../src/http/doors.ts'
import { aDesk, capturingHost } from '../support/desk.ts'
import { aBehind } from '../support/status.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { aSettings } from '../support/world.ts'

test('a stop that is overtaken ends with 75 and says what happened', async () => {
  const { host, out, err } = capturingHost()
  const folder = await tempFolder()
  const behind = aBehind({ control: async () => 'overtaken' })
  const doors = await doorsOn(host)(behind, { host: '127.0.0.1', port: 0, socket: `${folder}/control.sock` })
  onTestFinished(doors.close)
  const settings = aSettings({ runtimeFolder: folder })
  const desk = aDesk(host, { ask: async () => ({ settings, origins: NO_ORIGINS, problems: [] }) })

  expect(await answer(desk, ['stop', 'comfyui'])).toBe(75)
  expect(out()).toBe('')
  expect(err()).toContain('Cannot stop comfyui now. (SERVICE_BUSY)')
  expect(err()).toContain('it was started again before it had stopped')
})

const NO_ORIGINS = {} as Awaited<ReturnType<ReturnType<typeof aDesk>['acts']['ask']>>['origins']
