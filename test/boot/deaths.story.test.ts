import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Death } from '../../src/base/death.ts'
import type { Running } from '../support/container.ts'
import { canLimitMemory, makeMemoryGroup } from '../support/memory-group.ts'
import { QUEUE_NODES, slowPrompt, troublePrompt } from '../support/queue-nodes.ts'
import { makeWorld, type World } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { until } from '../support/until.ts'

// A node that ends ComfyUI is to do it where ComfyUI is used, not on trial.
const ONCE = { COMFY_RESTART: 'never', COMFY_NODE_CHECK: 'off' }

test('a traceback is told in the log, and afterwards by a container of its own', async () => {
  const world = await makeWorld()
  writeFileSync(`${world.box.layer}/opt/ComfyUI/extra_model_paths.yaml`, '')

  const container = await world.boot({ env: ONCE })

  expect(await container.ended).toBe(1)
  const [death] = kept(world)
  expect(death).toMatchObject({ service: 'comfyui', cause: 'traceback', ending: { code: 1, signal: null } })
  expect(death?.summary).toMatch(
    /^ComfyUI ended with TypeError: 'NoneType' object .*, in \/\S+\.py line \d+\.$/,
  )
  expect(container.err()).toContain(death?.summary)
  const list = await told(world, 'deaths')
  expect(list).toMatch(/^1 {2}\S+ \S+Z {2}comfyui {2}traceback {2}ComfyUI ended with TypeError/)
  const whole = await told(world, 'deaths', '1')
  expect(whole).toContain('Traceback (most recent call last):')
  expect(JSON.parse(await told(world, 'deaths', '1', '--json'))).toEqual(death)
})

test('a kill that no lack of memory explains is somebody’s, and ComfyUI comes back', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)
  await world.box.exec(container, ['pkill', '-KILL', '-f', 'main.py'])
  await until(() => kept(world).length === 1, 'the report')
  await world.ready(container)

  expect(kept(world)).toMatchObject([{ cause: 'killed', ending: { signal: 'SIGKILL' }, isSafe: false }])
  const said = await world.ask(container, 'deaths')
  expect(said.out).toMatch(/^1 .* comfyui {2}killed {2}ComfyUI was killed \(SIGKILL\) after /)
  expect(said.code).toBe(0)
})

test('the prompt that ran is in the report of a kill, and of a ComfyUI whose queue had died', async () => {
  const world = await makeWorld()
  writeFileSync(`${world.box.layer}/opt/ComfyUI/custom_nodes/trouble.py`, QUEUE_NODES)
  const container = await world.boot()
  await world.ready(container)
  const slow = await post(world, slowPrompt(60, 'slow'))
  await until(async () => (await world.get('/metrics'))?.text.includes('queue_running 1'), 'it to be seen')

  await world.box.exec(container, ['pkill', '-KILL', '-f', 'main.py'])
  await until(() => kept(world).length === 1, 'the first report')
  await world.ready(container)
  await post(world, troublePrompt('escape'))
  await until(() => kept(world).length === 2, 'the second report')

  expect(kept(world)[1]).toMatchObject({ cause: 'killed', promptId: slow })
  expect(kept(world)[0]).toMatchObject({ cause: 'stalled', ending: { code: null, signal: null } })
  expect(kept(world)[0]?.lines.join()).toContain('prompt_worker')
  const said = await world.ask(container, 'deaths')
  expect(said.out).toMatch(/^1 .* stalled .*\n2 .* killed .*\n$/)
})

test('arguments that ComfyUI does not know are named', async () => {
  const world = await makeWorld()

  const container = await world.boot({ args: ['--lowvam'] })

  expect(await container.ended).toBe(2)
  expect(kept(world)).toMatchObject([{ cause: 'bad-arguments', ending: { code: 2 } }])
  expect(kept(world)[0]?.summary).toContain('unrecognized arguments: --lowvam')
})

test('a port that somebody else has is named', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: { ...ONCE, STANDIN_IMPORT_S: '1' } })
  await until(() => container.err().includes('starting, pid'), 'ComfyUI to be started')
  const taker = createServer().listen(world.port, '0.0.0.0')
  onTestFinished(() => void taker.close())

  expect(await container.ended).toBe(1)
  expect(kept(world)).toMatchObject([{ cause: 'port-in-use' }])
  expect(kept(world)[0]?.summary).toContain(`ComfyUI could not listen on port ${world.port}`)
})

test('the container ends with the service’s code soon after, and the report is there', async () => {
  const world = await makeWorld()
  const container = await world.boot({
    env: { STANDIN_EXIT: '7@ready', COMFY_RESTART_LIMIT: '2', COMFY_SAFE_MODE: 'off' },
  })

  expect(await container.ended).toBe(7)
  expect(kept(world).map(({ summary }) => summary)).toEqual([
    expect.stringMatching(/^ComfyUI ended with exit code 7 after /),
    expect.stringMatching(/^ComfyUI ended with exit code 7 after /),
  ])
})

test('secrets are not in reports', async () => {
  const world = await makeWorld()
  const node = `${world.box.layer}/opt/ComfyUI/custom_nodes/telltale`
  mkdirSync(node)
  writeFileSync(`${node}/__init__.py`, 'import os\nprint(os.environ["HF_TOKEN"], flush=True)\nos._exit(9)\n')

  const container = await world.boot({ env: { ...ONCE, HF_TOKEN: 'hf_S3CRETofHuggingFace' } })

  expect(await container.ended).toBe(9)
  expect(kept(world)[0]?.lines).toContain('***')
  expect(JSON.stringify(kept(world))).not.toContain('S3CRET')
})

test('where no report can be kept the death is told all the same', async () => {
  const world = await makeWorld()
  const own = `${world.workspace}/.comfy-init`
  mkdirSync(own)
  chownSync(own, 1000, 1000)
  writeFileSync(`${own}/deaths`, 'in the way')

  const container = await world.boot({ env: { ...ONCE, STANDIN_EXIT: '7@ready' } })

  expect(await container.ended).toBe(7)
  expect(container.err()).toContain('ComfyUI ended with exit code 7 after ')
  expect(container.err()).toContain('Cannot keep the report of this death in /workspace/.comfy-init/deaths (')
})

test('a workspace in which nothing died says so', async () => {
  const world = await makeWorld()

  expect(await told(world, 'deaths')).toBe('No service has died.\n')
})

test('the kernel’s count of kills for lack of memory tells it from another kill', async () => {
  const world = await makeWorld()
  const cgroup = await tempFolder()
  writeFileSync(`${cgroup}/memory.max`, '300000000\n')
  const count = (kills: number) =>
    writeFileSync(`${cgroup}/memory.events`, `low 0\nhigh 0\nmax 9\noom ${kills}\noom_kill ${kills}\n`)
  count(3)
  const container = await boot(world, { from: cgroup, at: '/sys/fs/cgroup' })
  await world.ready(container)

  count(4)
  await world.box.exec(container, ['pkill', '-KILL', '-f', 'main.py'])

  expect(await container.ended).toBe(137)
  expect(kept(world)).toMatchObject([{ cause: 'out-of-memory' }])
  expect(kept(world)[0]?.summary).toContain('memory limit of 286 MiB was reached')
})

test.skipIf(!canLimitMemory)(
  'a real lack of memory ends ComfyUI, not us, and is told with the limit',
  async () => {
    const world = await makeWorld()
    const node = `${world.box.layer}/opt/ComfyUI/custom_nodes/hog`
    mkdirSync(node)
    writeFileSync(`${node}/__init__.py`, 'all = []\nwhile True:\n    all.append(b"x" * (8 << 20))\n')
    const group = makeMemoryGroup(500 * 1024 ** 2)

    const container = await boot(
      world,
      { from: group, at: '/sys/fs/cgroup/memory' },
      // As a runtime does it: whatever is started from here on belongs to the group.
      ['sh', '-c', 'echo 0 > /sys/fs/cgroup/memory/cgroup.procs; exec "$@"', 'sh'],
    )

    expect(await container.ended).toBe(137)
    expect(kept(world)).toMatchObject([{ cause: 'out-of-memory', ending: { signal: 'SIGKILL' } }])
    expect(kept(world)[0]?.summary).toMatch(
      /^The kernel killed ComfyUI because the container’s memory limit of 500 MiB was reached/,
    )
  },
)

async function post(world: World, prompt: object): Promise<string> {
  const init = { method: 'POST', body: JSON.stringify({ prompt }) }
  const answer = await fetch(`http://127.0.0.1:${world.port}/prompt`, init)
  return ((await answer.json()) as { prompt_id: string }).prompt_id
}

/** Boots once, with one more volume. */
function boot(
  world: World,
  volume: { readonly from: string; readonly at: string },
  before: readonly string[] = [],
): Promise<Running> {
  const volumes = [
    { from: world.workspace, at: '/workspace' },
    { from: world.models, at: '/models', readOnly: true },
    volume,
  ]
  return world.boot({ env: ONCE, volumes, before })
}

/** The reports in the workspace, the newest first. */
function kept(world: World): readonly Death[] {
  const folder = `${world.workspace}/.comfy-init/deaths`
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .toReversed()
    .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')))
}

/** What a command prints in a container in which nothing else runs. */
async function told(world: World, ...args: readonly string[]): Promise<string> {
  const container = await world.boot({ args })
  expect(await container.ended).toBe(0)
  return container.out()
}
