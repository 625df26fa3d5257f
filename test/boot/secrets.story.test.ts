import { expect, test } from 'vitest'
import { makeWorld } from '../support/story.ts'

const SECRETS = {
  HF_TOKEN: 'hf_S3CRETofHuggingFace',
  CIVITAI_TOKEN: 'civitai-S3CRET-token',
  COMFY_JUPYTER_TOKEN: 'jupyter-S3CRET-token',
}

test('secrets are in no output, no log, no report and no argument, wherever one looks', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: SECRETS })
  await world.ready(container)

  for (const words of [['plan'], ['doctor'], ['explain'], ['explain', 'HF_TOKEN'], ['status']])
    for (const json of [[], ['--json']]) {
      const said = await world.box.exec(container, ['comfy-init', ...words, ...json], {
        ...SECRETS,
        COMFY_PORT: String(world.port),
        COMFY_HTTP_PORT: String(world.httpPort),
      })
      expectNoSecret(said.out + said.err)
    }
  expectNoSecret((await world.get('/'))?.text ?? '')
  expectNoSecret((await world.get('/status'))?.text ?? '')
  expectNoSecret((await world.box.exec(container, ['ps', '-eo', 'args'])).out)
  expect((await world.box.exec(container, ['grep', '-rlE', 'S3CRET', '/workspace'])).out).toBe('')
  expectNoSecret(container.err() + container.out())
})

function expectNoSecret(text: string): void {
  expect(text).not.toContain('S3CRET')
}
