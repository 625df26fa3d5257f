import { beforeEach, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type Container, engine, PATIENCE_MS, startContainer } from './container.ts'
import { need, PLAN } from './plan.ts'
import { workspaceFolder } from './volumes.ts'

/** Lets docker ask often; podman is asked by hand. */
const FLAGS =
  PLAN.program === 'docker'
    ? ['--health-interval', '1s', '--health-retries', '1', '--health-start-period', '0s']
    : []

beforeEach(need('cpu'))

async function healthOf({ name }: Container): Promise<string> {
  if (PLAN.program === 'podman') {
    const { code } = await engine('healthcheck', 'run', name)
    return code === 0 ? 'healthy' : code === 1 ? 'unhealthy' : `no answer, exit code ${code}`
  }
  return (await engine('inspect', '--format', '{{.State.Health.Status}}', name)).out.trim()
}

test('the HEALTHCHECK of the image turns healthy once ComfyUI answers, and unhealthy when it is stopped', async () => {
  const volumes = [`${await workspaceFolder()}:/workspace`]
  const container = await startContainer({ volumes, flags: FLAGS })
  await container.ready()
  await until(
    async () => (await healthOf(container)) === 'healthy',
    'the container to be healthy',
    PATIENCE_MS,
  )

  await container.exec('comfy-init', 'stop', 'comfyui')

  await until(
    async () => (await healthOf(container)) === 'unhealthy',
    'the container to be unhealthy',
    PATIENCE_MS,
  )
  await container.exec('comfy-init', 'start', 'comfyui')
  await until(
    async () => (await healthOf(container)) === 'healthy',
    'the container to be healthy again',
    PATIENCE_MS,
  )
})

test('it is unhealthy while ComfyUI dies again and again, and ends with its code when it is given up', async ({
  skip,
}) => {
  skip(!PLAN.standIn, 'only the stand-in can be told to die')
  const container = await startContainer({
    volumes: [`${await workspaceFolder()}:/workspace`],
    env: { STANDIN_EXIT: '7@0.5', COMFY_RESTART_LIMIT: '3', COMFY_SAFE_MODE: 'off' },
    flags: FLAGS,
  })

  await until(
    async () => (await healthOf(container)) === 'unhealthy',
    'the container to be unhealthy',
    PATIENCE_MS,
  )

  expect(await container.ended()).toBe(7)
})
