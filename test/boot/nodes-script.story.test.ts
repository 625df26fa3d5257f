import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeNodeWorld, type NodeWorld } from '../support/node-world.ts'

test('an install script runs in its node’s folder with the packages there, and what it says is kept', async () => {
  const world = await makeNodeWorld()
  world.publishWheels({ name: 'one', version: '1.0' })
  const script = [
    'import os, sys, one',
    'open("made.txt", "w").write(os.environ["WHERE"] + " " + os.environ["COMFYUI_PATH"])',
    'print("set up for", one.__version__)',
  ].join('\n')
  world.repository('spots', { shows: 'Spots', requires: ['one'], install: script })
  world.writeOwn('nodes.yaml', `nodes:\n  - git: ${world.git.url}/spots.git\n    env: { WHERE: here }\n`)

  const first = await world.up()

  expect(await world.problems()).toEqual([])
  expect(readFileSync(`${world.customNodes}/spots/made.txt`, 'utf8')).toBe('here /workspace/ComfyUI')
  expect(statSync(`${world.customNodes}/spots/made.txt`).uid).toBe(1000)
  expect(readFileSync(logOf(world, 'spots'), 'utf8')).toContain('set up for 1.0')
  await world.down(first)
  const before = statSync(`${world.customNodes}/spots/made.txt`).mtimeMs

  await world.up({ name: 'two' })

  expect(statSync(`${world.customNodes}/spots/made.txt`).mtimeMs).toBe(before)
})

test('an install script gets no secret', async () => {
  const world = await makeNodeWorld()
  world.repository('spots', { shows: 'Spots', install: 'import os\nprint(sorted(os.environ.items()))\n' })
  const env = {
    COMFY_NODES: `${world.git.url}/spots.git`,
    HF_TOKEN: 'hf-sesame',
    COMFY_GIT_CREDENTIALS: 'https://me:git-sesame@host',
    JUPYTER_PASSWORD: 'jupyter-sesame',
  }

  await world.up({ env })

  expect(readFileSync(logOf(world, 'spots'), 'utf8')).toContain('COMFYUI_PATH')
  expect(readFileSync(logOf(world, 'spots'), 'utf8')).not.toMatch(/git-sesame|jupyter-sesame/)
})

const FORKS = `import os, sys, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
print("left them")
`

test('scripts that hang, fork, fail, delete their folder or print 100 MB harm nobody else', async () => {
  const world = await makeNodeWorld()
  const scripts: Readonly<Record<string, string>> = {
    hangs: 'import time\nprint("about to wait", flush=True)\ntime.sleep(600)\n',
    forks: FORKS,
    fails: 'raise SystemExit("no compiler here")\n',
    deletes: 'import os, shutil\nshutil.rmtree(os.getcwd())\n',
    prints: 'for _ in range(1600): print("x" * 65535)\nprint("the end")\n',
    good: 'print("fine")\n',
  }
  for (const [name, install] of Object.entries(scripts)) world.repository(name, { shows: name, install })
  const urls = Object.keys(scripts).map((name) => `${world.git.url}/${name}.git`)

  const container = await world.up({ env: { COMFY_NODES: urls.join(' '), COMFY_NODE_TIMEOUT: '8' } })

  const problems = (await world.problems()).join('\n')
  for (const name of ['hangs', 'fails', 'deletes']) expect(problems).toContain(name)
  expect(problems).toContain('no compiler here')
  expect(problems).not.toMatch(/\bgood\b/)
  expect(await world.shown()).toContain('good')
  expect(statSync(logOf(world, 'prints')).size).toBeLessThan(2_000_000)
  expect(readFileSync(logOf(world, 'prints'), 'utf8')).toContain('the end')
  expect(sleepers(`/proc/${container.pid}/root/proc`)).toEqual([])
})

test('a script that replaces torch is undone, and its node is the one that fails', async () => {
  const world = await makeNodeWorld()
  world.publishWheels({ name: 'torch', version: '2.4.0' })
  const install = [
    'import os, subprocess, sys',
    'os.environ.pop("PIP_CONSTRAINT", None)',
    'subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", "torch==2.4.0"])',
  ].join('\n')
  world.repository('greedy', { shows: 'Greedy', install })
  world.repository('good', { shows: 'Good', imports: ['torch'] })
  const urls = ['greedy', 'good'].map((name) => `${world.git.url}/${name}.git`)

  await world.up({ env: { COMFY_NODES: urls.join(' ') } })

  expect((await world.problems()).join()).toMatch(/greedy[\s\S]*torch/)
  expect(world.overlays()[0]?.dists).toEqual([])
  expect(await world.shown()).toContain('Good')
})

function logOf(world: NodeWorld, name: string): string {
  const folder = `${world.workspace}/.comfy-init/nodes/logs`
  const found = existsSync(folder) ? readdirSync(folder).find((each) => each.startsWith(name)) : undefined
  return `${folder}/${found}`
}

/** Processes of a container that an install script left waiting. */
function sleepers(proc: string): readonly string[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`${proc}/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
    .filter((line) => line.includes('install.py'))
}
