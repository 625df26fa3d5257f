import { chmod, constants, copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../build.ts'

/** Where a boot can run beside everything else on this machine. */
export type Place = {
  readonly env: Readonly<Record<string, string>>
  readonly remove: () => Promise<void>
}

/** Stands in for ComfyUI's Python: answers every request on ComfyUI's port; ends at once where it is to do anything else. */
const standIn = `
const port = process.argv[process.argv.indexOf('--port') + 1]
if (!process.argv[2]?.endsWith('/main.py') || process.argv.includes('--quick-test-for-ci')) process.exit(0)
require('node:http').createServer((_, answer) => answer.end('{}')).listen(Number(port), '127.0.0.1')
setTimeout(process.exit, 60_000)
`

/** Makes a folder with a ComfyUI, a Python and a workspace for small boots, and gives the environment to boot there with.
 *  A crash leaves the folder among the system's temporary ones. */
export async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'comfy-init-warm-up-'))
  try {
    await fill(folder)
    return { env: await environment(folder), remove: () => rm(folder, { recursive: true, force: true }) }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function fill(folder: string): Promise<void> {
  // As root the boot becomes somebody else, who must come through, and who may not reach this Node where it lies.
  await chmod(folder, 0o755)
  for (const name of ['workspace', 'run']) {
    await mkdir(join(folder, name))
    await chmod(join(folder, name), 0o1777)
  }
  await cp(join(root, 'test/support/comfyui'), join(folder, 'ComfyUI'), { recursive: true })
  await copyFile(process.execPath, join(folder, 'node'), constants.COPYFILE_FICLONE)
  await chmod(join(folder, 'node'), 0o755)
  await putPython(folder)
  await putNode(folder)
}

// A venv with one package, so that an overlay is laid over it.
async function putPython(folder: string): Promise<void> {
  const bin = join(folder, 'venv/bin')
  const site = join(folder, 'venv/lib/python3.12/site-packages')
  await mkdir(bin, { recursive: true })
  await mkdir(join(site, 'numpy-2.0.0.dist-info'), { recursive: true })
  await writeFile(join(site, 'numpy-2.0.0.dist-info/METADATA'), 'Name: numpy\nVersion: 2.0.0\n')
  await writeFile(join(folder, 'venv/pyvenv.cfg'), `home = ${bin}\nversion = 3.12.0\n`)
  await writeFile(join(bin, 'python'), `#!${join(folder, 'node')}${standIn}`, { mode: 0o755 })
}

// A custom node that a manifest asks for, so that its records, its lock and its import are read.
async function putNode(folder: string): Promise<void> {
  const node = join(folder, 'sample')
  const own = join(folder, 'workspace/.comfy-init')
  await mkdir(node)
  await mkdir(own)
  for (const each of [own, node]) await chmod(each, 0o1777)
  await writeFile(join(node, '__init__.py'), '')
  await writeFile(join(node, 'requirements.txt'), 'numpy\n')
  await writeFile(join(own, 'nodes.yaml'), `nodes:\n  - path: ${node}\n`)
}

async function environment(folder: string): Promise<Place['env']> {
  const [comfyPort, httpPort] = await freePorts(2)
  return {
    COMFY_HOME: join(folder, 'ComfyUI'),
    COMFY_PYTHON: join(folder, 'venv/bin/python'),
    COMFY_WORKSPACE: join(folder, 'workspace'),
    COMFY_RUNTIME_DIR: join(folder, 'run'),
    COMFY_PORT: String(comfyPort),
    COMFY_HTTP_PORT: String(httpPort),
    COMFY_LISTEN: '127.0.0.1',
    COMFY_RESTART: 'never',
    COMFY_NODES: '',
    COMFY_OFFLINE: 'on',
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listenAnywhere(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
