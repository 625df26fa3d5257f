import { createServer } from 'node:net'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { runContainer, type Starting, startContainer } from './container.ts'
import { need, PLAN } from './plan.ts'
import { workspaceFolder } from './volumes.ts'

beforeEach(need('cpu'))

test.each<[string, readonly string[], number, string]>([
  ['a program', ['bash', '-c', 'echo hi'], 0, 'hi'],
  ['a program that ends with a code', ['exec', '--', 'sh', '-c', 'exit 3'], 3, ''],
  ['a program that is ended by a signal', ['bash', '-c', 'kill -KILL $$'], 137, ''],
  ['a program that cannot be started', ['/etc/passwd'], 126, ''],
  ['a program that is not there', ['no-such-program'], 127, ''],
  ['version', ['version'], 0, 'comfy-init'],
  ['plan', ['plan'], 0, ''],
  ['doctor', ['doctor'], 0, '/opt/ComfyUI'],
  ['a flag that no command knows', ['plan', '--no-such-flag'], 64, ''],
])('«run IMAGE …» with %s', async (_, args, code, printed) => {
  const said = await runContainer({ args })

  expect(said, said.err).toMatchObject({ code })
  expect(said.out).toContain(printed)
})

test('a wrong setting ends with 78 and says which', async () => {
  const said = await runContainer({ env: { COMFY_PORT: 'many' } })

  expect(said.code).toBe(78)
  expect(said.out + said.err).toContain('COMFY_PORT')
})

test('a port that somebody uses ends with 75', async () => {
  const port = await freePort()
  const server = createServer().listen(port, '0.0.0.0')
  onTestFinished(() => void server.close())

  const said = await runContainer({
    env: { COMFY_PORT: String(port), COMFY_HTTP_PORT: String(await freePort()) },
  })

  expect(said.code).toBe(75)
  expect(said.out + said.err).toContain(String(port))
})

test('a workspace that cannot be written ends with 69', async () => {
  const starting: Starting = { volumes: [`${await workspaceFolder()}:/workspace:ro`] }

  const said = await runContainer({ ...starting, env: { COMFY_HTTP_PORT: String(await freePort()) } })

  expect(said.code).toBe(69)
  expect(said.out + said.err).toContain('/workspace')
})

test('ComfyUI’s own code ends the container when it is not started again', async ({ skip }) => {
  skip(!PLAN.standIn, 'only the stand-in can be told how to end')
  const container = await startContainer({ env: { STANDIN_EXIT: '9', COMFY_RESTART: 'never' } })

  expect(await container.ended()).toBe(9)
})
