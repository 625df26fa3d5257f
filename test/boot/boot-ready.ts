import { expect } from 'vitest'
import type { Running, RunOptions } from '../support/container.ts'
import type { World } from '../support/story.ts'

/** Boots a container of a world without a GPU, and waits until ComfyUI is ready. */
export async function bootReady(world: World, options: RunOptions): Promise<Running> {
  const container = await world.boot({ ...options, env: { COMFY_GPU: 'off', ...options.env } })
  await world.ready(container)
  return container
}

/** Stops a container as docker stop does, and expects it to end well. */
export async function stop(container: Running): Promise<void> {
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
}

/** Boots once more and expects nothing to be done to the workspace; a new container has its image's place changed to a link. */
export async function expectNothingPlanned(world: World, options: RunOptions): Promise<void> {
  const container = await bootReady(world, options)
  const plans = [...container.err().matchAll(/ plan +(.*)/g)].map(([, steps]) => steps)
  expect(plans.join(', ').match(/workspace\/(?!give-way)[\w-]+/g)).toBeNull()
  await stop(container)
}
