import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Receipt } from '../../src/app/nodes/receipts.ts'
import { answer } from '../../src/cli/main.ts'
import { realClock } from '../../src/host/clock.ts'
import type { Host } from '../../src/host/host.ts'
import { aDesk } from '../support/desk.ts'
import { makeRepository, type Repository } from '../support/git-repository.ts'
import { aScene, type Scene } from './workspace-acts.ts'

/** A workspace with ComfyUI in it, and repositories of nodes on this machine. */
export type NodesScene = Scene & {
  /** Where ComfyUI looks for nodes. */
  readonly nodes: string
  readonly repositories: string
  /** Makes a repository of a node. */
  readonly repository: (name: string) => Repository
  /** Writes the workspace’s manifest. */
  readonly manifest: (text: string) => Promise<void>
  /** Runs `comfy-init nodes` with these words; what it printed before is forgotten. */
  readonly type: (...words: readonly string[]) => Promise<Typed>
  /** The receipts, by folder. */
  readonly list: () => Promise<Readonly<Record<string, Receipt | undefined>>>
  /** A file in custom_nodes as text; undefined when it is not there. */
  readonly text: (name: string) => Promise<string | undefined>
}

type Typed = { readonly code: number; readonly out: string; readonly err: string }

/** Makes it; nothing is asked for by default. */
export async function aNodesScene(
  flags: Readonly<Record<string, string>> = {},
  env: Host['env'] = {},
): Promise<NodesScene> {
  const scene = realTime(await aScene(), env)
  const nodes = `${scene.home}/custom_nodes`
  const own = `${scene.root}/workspace/.comfy-init`
  const repositories = `${scene.root}/git`
  await mkdir(repositories)
  const manifest = async (text: string) => {
    await mkdir(dirname(`${own}/nodes.yaml`), { recursive: true })
    await writeFile(`${own}/nodes.yaml`, text)
  }
  const extra = Object.entries({ packages: 'off', vendor: `${scene.root}/vendor`, ...flags })
  const argv = [...scene.argv, ...extra.map(([name, value]) => `--${name}=${value}`)]
  await manifest('nodes: []\n')
  const type = async (...words: readonly string[]) => {
    const [out, err] = [scene.out().length, scene.err().length]
    const code = await answer(aDesk(scene.host), ['nodes', ...argv, ...words])
    return { code, out: scene.out().slice(out), err: scene.err().slice(err) }
  }
  return {
    ...scene,
    ...{ nodes, repositories, manifest, type },
    repository: (name) => makeRepository(repositories, name, { '__init__.py': `# ${name}\n` }),
    list: async () => {
      const { nodes: found } = JSON.parse((await type('list', '--json')).out)
      return Object.fromEntries(found.map((each: Receipt) => [each.folder, each]))
    },
    text: (name) => readFile(`${nodes}/${name}`, 'utf8').catch(() => undefined),
  }
}

// What was tried before an act and what since is told apart by the time.
function realTime(scene: Scene, env: Host['env']): Scene {
  return { ...scene, host: { ...scene.host, clock: realClock(), env: { ...scene.host.env, ...env } } }
}
