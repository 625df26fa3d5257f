import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { packageWorld } from './package-world.ts'

const PIP =
  'import subprocess, sys; pip = lambda *a: subprocess.run([sys.executable, "-m", "pip", "install", *a], check=True)\n'

test('an install script runs once in its folder, with the overlay’s Python and without tokens', async () => {
  const world = await packageWorld()
  const script = `import json, os, sys, torch, beta
json.dump({**os.environ, "cwd": os.getcwd(), "prefix": sys.prefix}, open("seen.json", "a"))
print("one\\ntwo")
`
  const files = { 'requirements.txt': 'beta\n', 'install.py': script }
  const source = { ...world.node('first', files), env: { MODE: 'fast' } }
  const host = {
    ...world.host,
    env: { ...world.host.env, JUPYTER_TOKEN: 'secret', HF_TOKEN: 'secret', CUDA_HOME: '/cuda' },
  }
  const booted = await world.boot([source], { host })
  const seen = JSON.parse(readFileSync(`${source.path}/seen.json`, 'utf8'))

  expect(seen).toMatchObject({
    cwd: source.path,
    prefix: world.overlay(),
    VIRTUAL_ENV: world.overlay(),
    PIP_CONSTRAINT: `${world.overlay()}/constraints.txt`,
    COMFYUI_PATH: world.places.code,
    COMFYUI_FOLDERS_BASE_PATH: world.places.base,
    MODE: 'fast',
    CUDA_HOME: '/cuda',
  })
  expect(JSON.stringify(seen)).not.toContain('secret')
  expect(booted.packages.current?.record.nodes.first?.script).toMatchObject({ result: 'done', line: 'two' })
  expect(readFileSync(`${world.places.layout.nodeLogs}/first.log`, 'utf8')).toBe('one\ntwo\n')
  // Another digest, the same packages and script: nothing runs again.
  await world.boot([{ ...source, stamp: 'touched' }], { host })
  expect(JSON.parse(readFileSync(`${source.path}/seen.json`, 'utf8'))).toEqual(seen)
})

test('packages that a script installs are its node’s', async () => {
  const world = await packageWorld()
  const source = world.node('first', { 'install.py': `${PIP}pip("beta")` })
  const { packages, problems } = await world.boot([source])
  expect(problems).toEqual([])
  expect(packages.current?.record.packages).toEqual([{ name: 'beta', version: '2.0', for: ['first'] }])
})

test('a script that fails leaves its packages out, and the other nodes have theirs', async () => {
  const world = await packageWorld()
  const { problems, packages } = await world.boot([
    world.node('bad', { 'install.py': `${PIP}pip("alpha")\nsys.exit("no compiler\\x1b[0m")` }),
    world.node('good', { 'install.py': `${PIP}pip("by-hand")`, 'requirements.txt': 'beta\n' }),
  ])
  expect(problems.map((each) => each.toJSON())).toMatchObject([
    { code: 'NODE_SCRIPT_FAILED', why: 'It ended with code 1; its last line: no compiler\\x1b[0m.' },
  ])
  expect(packages.current?.record.nodes.bad).toMatchObject({ added: [], script: { result: 'failed' } })
  expect(packages.current?.record.nodes.good).toMatchObject({
    added: ['beta==2.0', 'by-hand==1.0'],
    script: { result: 'done' },
  })
})

test('a script that puts another torch before the image’s is taken back', async () => {
  const world = await packageWorld()
  const force = 'os.environ.pop("PIP_CONSTRAINT"); pip("torch==2.9.0", "--no-deps")'
  const { problems } = await world.boot([world.node('bad', { 'install.py': `import os\n${PIP}${force}` })])
  expect(problems.map((each) => each.toJSON().why)).toEqual([
    expect.stringContaining(
      'It installed torch==2.9.0, where the image holds 2.8.0+cu128; that was taken back',
    ),
  ])
  expect(await world.run('-c', 'import torch; print(torch.__version__)')).toBe('2.8.0+cu128')
})

test('a script cannot replace torch through pip as it is given', async () => {
  const world = await packageWorld()
  const { problems } = await world.boot([world.node('bad', { 'install.py': `${PIP}pip("torch==2.9.0")` })])
  expect(problems.map((each) => each.toJSON().why)).toEqual([expect.stringContaining('It ended with code 1')])
  expect(await world.run('-c', 'import torch; print(torch.__version__)')).toBe('2.8.0+cu128')
})

test('a script that hangs is ended with all that it started, also what left its group', async () => {
  const world = await packageWorld()
  const script = `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("stray.pid", "w").write(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
print("waiting", flush=True)
time.sleep(600)
`
  const source = world.node('slow', { 'install.py': script })
  const { problems } = await world.boot([source], { settings: { nodeTimeoutMs: 3000 } })
  expect(problems.map((each) => each.toJSON().why)).toEqual([
    'It was not done within 3 s, and was ended; its last line: waiting.',
  ])
  const pid = readFileSync(`${source.path}/stray.pid`, 'utf8')
  await until(() => isGone(pid), 'the stray to be gone')
})

test('a script that ends well leaves no process behind', async () => {
  const world = await packageWorld()
  const script = `import os, time
if os.fork() == 0:
    os.setsid()
    open("stray.pid", "w").write(str(os.getpid()))
    time.sleep(600)
while not os.path.exists("stray.pid"): time.sleep(0.01)
`
  const source = world.node('leaver', { 'install.py': script })
  const { problems } = await world.boot([source])
  expect(problems).toEqual([])
  await until(() => isGone(readFileSync(`${source.path}/stray.pid`, 'utf8')), 'the stray to be gone')
})

test('what a script started with an empty environment in a session of its own is ended too', async () => {
  const world = await packageWorld()
  const stray = 'import os, time; open("stray.pid", "w").write(str(os.getpid())); time.sleep(600)'
  const script = `import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", ${JSON.stringify(stray)}], env={}, start_new_session=True)
while not os.path.exists("stray.pid"): time.sleep(0.01)
`
  const source = world.node('leaver', { 'install.py': script })
  expect((await world.boot([source])).problems).toEqual([])
  await until(() => isGone(readFileSync(`${source.path}/stray.pid`, 'utf8')), 'the stray to be gone')
})

test('of a script that prints 100 MB the last MiB is kept', async () => {
  const world = await packageWorld()
  const script = 'import sys\nfor _ in range(100): sys.stdout.write("x" * 1048576)\nprint("\\nend")\n'
  const { packages } = await world.boot([world.node('loud', { 'install.py': script })])
  expect(packages.current?.record.nodes.loud?.script?.line).toBe('end')
  expect(readFileSync(`${world.places.layout.nodeLogs}/loud.log`).length).toBe(1048576)
})

test.each([
  ['its own folder', 'shutil.rmtree(os.getcwd())', 'It removed its own folder'],
  ['the Python environment', 'shutil.rmtree(sys.prefix + "/lib")', 'It damaged the Python environment'],
])('a script that removes %s fails, and the overlay is whole', async (_, act, why) => {
  const world = await packageWorld()
  const { problems } = await world.boot([
    world.node('bad', { 'install.py': `import os, shutil, sys\n${act}\n` }),
    world.node('good', { 'requirements.txt': 'beta\n' }),
  ])
  expect(problems.map((each) => each.toJSON().why)).toEqual([expect.stringContaining(why)])
  expect(await world.run('-c', 'import beta, torch; print(beta.__version__)')).toBe('2.0')
})

test('a script that removes all packages fails alone', async () => {
  const world = await packageWorld()
  const { packages } = world.places.layout
  const { problems, packages: seen } = await world.boot([
    world.node('bad', { 'install.py': `import shutil\nshutil.rmtree(${JSON.stringify(packages)})\n` }),
    world.node('good', { 'install.py': `${PIP}pip("beta")` }),
  ])
  expect(problems.map((each) => each.toJSON())).toMatchObject([
    { code: 'NODE_SCRIPT_FAILED', why: expect.stringContaining('It damaged the Python environment') },
  ])
  expect(seen.current?.record.nodes.good).toMatchObject({ added: ['beta==2.0'], script: { result: 'done' } })
})

test('a script that puts a folder in the place of the link to the overlay in use stops nothing', async () => {
  const world = await packageWorld()
  const current = 'os.path.dirname(sys.prefix) + "/current"'
  const source = world.node('odd', { 'install.py': `import os, sys\nos.makedirs(${current})\n` })
  const { packages, problems } = await world.boot([source])
  expect(problems).toEqual([])
  expect(packages.current?.record.nodes.odd?.script?.result).toBe('done')
})

test('what is left of a script of an earlier start is ended, and its folder is not built into', async () => {
  const world = await packageWorld()
  const { packages } = world.places.layout
  const env = { COMFY_NODE_SCRIPT: `1-0.5:${packages}/py312/abc` }
  const stray = spawn('/bin/sleep', ['600'], { env, detached: true })
  try {
    await world.boot([world.node('first', { 'requirements.txt': 'beta\n' })])
    await until(() => isGone(`${stray.pid}`), 'the stray to be gone')
  } finally {
    stray.kill('SIGKILL')
  }
  const path = world.overlay()
  rmSync(`${path}/comfy-init.json`)
  await world.boot([world.node('first', { 'requirements.txt': 'beta\n' })])
  expect(world.overlay()).toBe(`${path}-2`)
})

test('nothing of an installation is left but the overlay, its cache and its logs', async () => {
  const world = await packageWorld()
  await world.boot([world.node('first', { 'requirements.txt': 'beta\n', 'install.py': 'print("done")' })])
  const { layout } = world.places
  expect(readdirSync(layout.packages).filter((name) => !name.startsWith('py'))).toEqual(['cache'])
  writeFileSync(`${layout.packages}/touched`, '')
  expect(existsSync(`${world.overlay()}/comfy-init.json`)).toBe(true)
})

function isGone(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return true
  }
}

test('a script in the middle of which comfy-init ended twice is not run a third time, and its node fails alone', async () => {
  const world = await packageWorld()
  const notes = `${dirname(world.places.layout.importsFile)}/trying-scripts.json`
  const script = `import shutil; shutil.copy("${notes}", "note.json")\n`
  const killer = world.node('killer', { 'install.py': script })
  const good = world.node('good', { 'requirements.txt': 'beta\n', 'install.py': 'print("done")' })
  await world.boot([killer])
  expect(existsSync(notes)).toBe(false)
  // What a kill leaves, twice.
  const left = JSON.parse(readFileSync(`${killer.path}/note.json`, 'utf8'))
  expect(left.killer.starts).toBe(1)
  writeFileSync(notes, JSON.stringify({ killer: { ...left.killer, starts: 2 } }))
  rmSync(`${killer.path}/note.json`)
  const { problems, packages } = await world.boot([killer, good])
  expect(problems.map((each) => each.toJSON())).toMatchObject([
    {
      code: 'NODE_SCRIPT_FAILED',
      why: expect.stringContaining('when comfy-init was ended, again and again'),
    },
  ])
  expect(existsSync(`${killer.path}/note.json`)).toBe(false)
  expect(packages.current?.record.nodes.good?.script).toMatchObject({ result: 'done' })
  expect(existsSync(notes)).toBe(false)
})

test('another script than the one that was cut is run', async () => {
  const world = await packageWorld()
  const notes = `${dirname(world.places.layout.importsFile)}/trying-scripts.json`
  mkdirSync(dirname(notes), { recursive: true })
  writeFileSync(notes, JSON.stringify({ first: { text: 'of another content', starts: 2 } }))
  const { packages } = await world.boot([world.node('first', { 'install.py': 'print("here")' })])
  expect(packages.current?.record.nodes.first?.script).toMatchObject({ result: 'done', line: 'here' })
})
