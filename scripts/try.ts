import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { containerScript } from './sandbox/container-script.ts'
import { fillSandbox, type Sandbox } from './sandbox/fill.ts'

/**
 * `npm start`: builds the binary and boots it for real in ./.sandbox, as PID 1 of a container where the machine allows,
 * else as a plain process. COMFY_HOME and COMFY_PYTHON boot a real ComfyUI instead of the stand-in, never moving it.
 */

const STARTER = process.ppid
const TOP = join(import.meta.dirname, '..')
const SANDBOX = join(TOP, '.sandbox')
const BINARY = join(TOP, `dist/comfy-init-linux-${process.arch}`)

execFileSync(process.execPath, [join(TOP, 'scripts/binary.ts'), process.arch], { stdio: 'inherit' })
const sandbox = fillSandbox(SANDBOX, process.env.COMFY_HOME === undefined ? 'workspace' : 'workspace-real')
const ports = {
  COMFY_PORT: process.env.COMFY_PORT ?? (await freePort(8188)),
  COMFY_HTTP_PORT: process.env.COMFY_HTTP_PORT ?? (await freePort(3000)),
}
const realHome = process.env.COMFY_HOME === undefined ? undefined : resolve(process.env.COMFY_HOME)
const isRoot = process.getuid?.() === 0
const child = containerIsPossible() ? startContainer(sandbox) : startPlain(sandbox)
passSignals(child)
endWithoutStarter(child)
void sayWhenReady()
child.once('exit', (code) => process.exit(code ?? 1))

function variables(): Readonly<Record<string, string>> {
  const chosen = Object.entries(process.env).filter(
    ([name]) => name.startsWith('COMFY_') && name !== 'COMFY_HOME',
  )
  return {
    COMFY_NODES: '',
    COMFY_LISTEN: '127.0.0.1',
    COMFY_HTTP_LISTEN: '127.0.0.1',
    ...Object.fromEntries(chosen.map(([name, value]) => [name, value ?? ''])),
    ...ports,
  }
}

function startContainer({ workspace, models }: Sandbox): ChildProcess {
  // A real ComfyUI's Python is often the starter's alone, and a user namespace knows nobody else: uid 0 in there is us.
  const identity = isRoot && realHome === undefined ? {} : { COMFY_UID: '0', COMFY_GID: '0' }
  const folder = `${SANDBOX}/layers`
  const script = containerScript({
    folder,
    name: 'container',
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      COMFY_SHARED_MODELS: '/models',
      ...identity,
      ...variables(),
    },
    volumes: [
      { from: BINARY, at: '/usr/local/bin/comfy-init', readOnly: true },
      { from: workspace, at: '/workspace' },
      { from: models, at: '/models', readOnly: true },
      ...(realHome === undefined ? [] : [{ from: realHome, at: '/opt/ComfyUI', readOnly: true }]),
    ],
    command: ['/usr/local/bin/comfy-init'],
  })
  const layers = `mkdir -p ${folder} && mount -t tmpfs tmpfs ${folder} && cp -a ${SANDBOX}/image ${folder}/image && mkdir -p ${folder}/image/workspace ${folder}/image/models ${folder}/image/usr/local/bin && touch ${folder}/image/.dockerenv ${folder}/image/usr/local/bin/comfy-init`
  console.error('Booting as PID 1 of a container of its own (PID and mount namespaces).')
  return spawn('unshare', [...namespaces(), 'sh', '-c', `${layers}\n${script}`], {
    stdio: 'inherit',
    detached: true,
  })
}

function startPlain({ image, workspace, models }: Sandbox): ChildProcess {
  console.error('This machine allows no namespaces: booting as a plain process, not as PID 1.')
  const home = realHome ?? `${image}/opt/ComfyUI`
  const env = {
    ...process.env,
    ...variables(),
    COMFY_HOME: home,
    COMFY_WORKSPACE: workspace,
    COMFY_SHARED_MODELS: models,
  }
  return spawn(BINARY, { stdio: 'inherit', detached: true, env })
}

function namespaces(): readonly string[] {
  const asRoot = isRoot ? [] : ['--user', '--map-root-user']
  return [...asRoot, '--pid', '--mount', '--ipc', '--fork', '--kill-child']
}

function containerIsPossible(): boolean {
  const trial =
    'd=$(mktemp -d) && mount -t tmpfs tmpfs $d && mkdir $d/l $d/u $d/w $d/m && mount -t overlay overlay -o lowerdir=$d/l:/,upperdir=$d/u,workdir=$d/w $d/m && mount -t proc proc $d/m/proc'
  return spawnSync('unshare', [...namespaces(), 'sh', '-c', trial]).status === 0
}

// The terminal's Ctrl-C comes to us alone: PID 1 of the container is told as docker stop would tell it.
function passSignals(child: ChildProcess): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => askToStop(child))
  }
}

// A killed npm passes nothing on. Repeated, since a container that is still being made loses the first TERM.
function endWithoutStarter(child: ChildProcess): void {
  let secondsAlone = 0
  setInterval(() => {
    if (process.ppid === STARTER) return
    if (secondsAlone % 10 === 0) askToStop(child)
    secondsAlone += 1
  }, 1000)
}

function askToStop({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(innerPid(pid) ?? pid, 'SIGTERM')
}

function innerPid(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return first === undefined || first === '' || !containerIsRunning(pid) ? undefined : Number(first)
  } catch {
    return undefined
  }
}

function containerIsRunning(pid: number): boolean {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('unshare')
}

async function sayWhenReady(): Promise<void> {
  const status = `http://127.0.0.1:${ports.COMFY_HTTP_PORT}`
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    const answer = await fetch(`${status}/ready`).catch(() => undefined)
    if (answer?.ok) break
  }
  console.error(
    `\n  ComfyUI  http://127.0.0.1:${ports.COMFY_PORT}\n  status   ${status}\n  Ctrl-C stops it; rm -r .sandbox forgets it.\n`,
  )
}

async function freePort(wanted: number): Promise<string> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(wanted, '127.0.0.1', () => server.close(() => resolve(true)))
  })
  return free ? String(wanted) : freePort(wanted + 1)
}
