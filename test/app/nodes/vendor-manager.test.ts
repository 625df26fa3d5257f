import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { packageWorld } from '../../features/packages/package-world.ts'
import { aNodesScene } from '../nodes-scene.ts'

test('the ComfyUI-Manager that ComfyUI brings itself is neither asked for nor locked, and elsewhere it is', async () => {
  const { python, host } = await packageWorld({ uv: false })
  const scene = await aNodesScene({ packages: 'auto', python, offline: 'on' }, host.env)
  await scene.manifest('nodes:\n  - ComfyUI-Manager\n')
  const folder = `${scene.root}/image`
  expect(await scene.type('vendor', folder)).toMatchObject({
    code: 1,
    err: expect.stringContaining('Cannot find out which ComfyUI-Manager is meant exactly.'),
  })

  await writeFile(`${scene.home}/comfy/cli_args.py`, 'parser.add_argument("--enable-manager")\n')
  await writeFile(`${scene.home}/manager_requirements.txt`, 'comfyui_manager==4.2.2\n')
  expect(await scene.type('vendor', folder)).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(await readFile(`${folder}/nodes.lock.json`, 'utf8')).nodes).toEqual([])
})
