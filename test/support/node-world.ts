import { chownSync, existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Running, RunOptions, Said } from './container.ts'
import { makeRepository, type Repository } from './git-repository.ts'
import { type GitServer, gitServer } from './git-server.ts'
import { type NodeSpec, nodeFiles } from './node-files.ts'
import { IMAGE_VENV, putPython, putUv, sitePackages } from './node-image.ts'
import { type NodeRegistry, nodeRegistry } from './node-registry.ts'
import { type PackageIndex, packageIndex } from './package-index.ts'
import { makeWorld, markBirth, type World } from './story.ts'
import { tempFolder } from './temp-folder.ts'
import { until } from './until.ts'
import { type WheelSpec, wheel } from './wheel.ts'

/** A world whose image has a Python of its own with torch, and in whose neighbourhood are hosts for nodes and packages. */
export type NodeWorld = World & {
  readonly git: GitServer
  readonly registry: NodeRegistry
  readonly index: PackageIndex
  /** Makes a repository of a node that git serves as `<git.url>/<name>.git`. */
  readonly repository: (name: string, spec: NodeSpec) => Repository
  readonly publishWheels: (...specs: readonly WheelSpec[]) => void
  /** Writes the workspace’s nodes.yaml, or another file of it, as the person would. */
  readonly writeOwn: (name: string, text: string) => void
  /** Boots without a GPU, waits until ComfyUI is ready. */
  readonly up: (options?: RunOptions) => Promise<Running>
  /** The same without a network, where nobody outside can ask how it goes. */
  readonly upOffline: (options?: RunOptions) => Promise<Running>
  readonly down: (running: Running) => Promise<void>
  /** All that the hosts were asked since they last forgot. */
  readonly asked: () => readonly string[]
  readonly forget: () => void
  /** What `comfy-init nodes` says in a running container, with its code. */
  readonly nodes: (running: Running, ...args: readonly string[]) => Promise<Said>
  /** The problems that /status shows, each as `CODE what why`. */
  readonly problems: () => Promise<readonly string[]>
  /** Names of the classes that ComfyUI shows. */
  readonly shown: () => Promise<readonly string[]>
  readonly customNodes: string
  /** The overlay in use of each identity. */
  readonly overlays: () => readonly OverlaySeen[]
}

/** An overlay as the host sees it, with the packages in it as `name-version`. */
export type OverlaySeen = { readonly key: string; readonly path: string; readonly dists: readonly string[] }

/** Makes such a world; `uv` says whether the image has it. */
export async function makeNodeWorld({ uv = true }: { readonly uv?: boolean } = {}): Promise<NodeWorld> {
  const world = await makeWorld()
  const repositories = await tempFolder()
  const [git, registry, index] = [await gitServer(repositories), await nodeRegistry(), await packageIndex()]
  putPython(world.box.layer)
  if (uv) putUv(world.box.layer)
  markBirth(world.box)
  const servers = [git, registry, index]
  const env = {
    ...index.env,
    COMFY_GPU: 'off',
    COMFY_PYTHON: `${IMAGE_VENV}/bin/python`,
    COMFY_NODE_REGISTRY: registry.url,
    COMFY_PORT: String(world.port),
    COMFY_HTTP_PORT: String(world.httpPort),
    COMFY_NODES: '',
  }
  const boot = (options: RunOptions = {}) => world.boot({ ...options, env: { ...env, ...options.env } })
  return {
    ...world,
    git,
    registry,
    index,
    boot,
    repository: (name, spec) => makeRepository(repositories, name, nodeFiles(spec)),
    publishWheels: (...specs) => index.add(...specs.map(wheel)),
    writeOwn: (name, text) => writeOwn(world.workspace, name, text),
    up: async (options) => {
      const running = await boot(options)
      await world.ready(running)
      return running
    },
    upOffline: async (options) => {
      const running = await boot({ ...options, offline: true })
      await healthy(world, running)
      return running
    },
    down: async (running) => {
      running.kill('SIGTERM')
      const code = await running.ended
      if (code !== 0) throw new Error(`The container ended with ${code}.\n${running.err()}`)
    },
    asked: () => servers.flatMap((each) => each.requests()),
    forget: () => {
      for (const each of servers) each.forget()
    },
    nodes: (running, ...args) => world.box.exec(running, ['comfy-init', 'nodes', ...args], env),
    problems: async () =>
      (await world.status()).problems.map(({ code, what, why }) => `${code} ${what} ${why}`),
    shown: async () => Object.keys(JSON.parse((await world.get('/object_info', world.port))?.text ?? '{}')),
    customNodes: `${world.workspace}/ComfyUI/custom_nodes`,
    overlays: () => overlaysOf(world.workspace),
  }
}

async function healthy(world: World, running: Running): Promise<void> {
  let over: number | undefined
  void running.ended.then((code) => {
    over = code
  })
  await until(
    async () => {
      if (over !== undefined)
        throw new Error(`The container ended with ${over} before it was ready.\n${running.err()}`)
      return (await world.ask(running, 'health')).out === 'ready\n'
    },
    'comfy-init health to say ready',
    60_000,
  )
}

function writeOwn(workspace: string, name: string, text: string): void {
  const path = `${workspace}/.comfy-init/${name}`
  for (const folder of [`${workspace}/.comfy-init`, dirname(path)])
    if (!existsSync(folder)) {
      mkdirSync(folder)
      chownSync(folder, 1000, 1000)
    }
  writeFileSync(path, text)
  chownSync(path, 1000, 1000)
}

/** The overlay in use of each identity in a workspace. */
export function overlaysOf(workspace: string): readonly OverlaySeen[] {
  const packages = `${workspace}/.comfy-init/packages`
  const keys = existsSync(packages) ? readdirSync(packages).filter((name) => name.startsWith('py')) : []
  return keys.flatMap((key) => {
    const link = `${packages}/${key}/current`
    if (!existsSync(link)) return []
    const path = `${packages}/${key}/${readlinkSync(link)}`
    const dists = readdirSync(sitePackages(path)).filter((name) => name.endsWith('.dist-info'))
    return [{ key, path, dists: dists.map((name) => name.replace(/\.dist-info$/, '')).sort() }]
  })
}
