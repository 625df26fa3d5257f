import { expect, test } from 'vitest'
import type { Input } from '../../src/app/input.ts'
import { answer } from '../../src/cli/main.ts'
import { aDesk, capturingHost } from '../support/desk.ts'

async function typed(...argv: readonly string[]) {
  const { host, err } = capturingHost()
  const inputs: Input[] = []
  const boot = async (_: unknown, input: Input) => {
    inputs.push(input)
    return 0
  }
  return { code: await answer(aDesk(host, { boot }), argv), boots: inputs.map((each) => each.comfyArgs), err }
}

test.each([
  [['--token', 'sesame', 'explain', 'COMFY_TOKEN'], 'comfy-init explain --token=… …'],
  [['--token=sesame', 'status'], 'comfy-init status --token=…'],
  [['--json', '--workspace', '/w', 'plan', '--', '--lowvram'], 'comfy-init plan --json --workspace=… …'],
])('our own flags before a command are refused with the right order: %j', async (argv, hint) => {
  const { code, boots, err } = await typed(...argv)

  expect([code, boots]).toEqual([64, []])
  expect(err()).toContain(hint)
  expect(err()).not.toContain('sesame')
})

test.each([
  [['--whitelist-custom-nodes', 'plan']],
  [['--port', '9', '--lowvram', 'status']],
  [['--port', 'status']],
  [['--lowvram', '--', 'status']],
])('a word like a command behind ComfyUI’s own flags is ComfyUI’s: %j', async (argv) => {
  const { code, boots } = await typed(...argv)

  expect([code, boots]).toEqual([0, [argv]])
})
