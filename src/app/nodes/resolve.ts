import type { LockedNode, WantedNode } from '../../base/node.ts'
import { Problem } from '../../base/problem.ts'
import { askRegistry } from '../../features/nodes/checkout/ask-registry.ts'
import { protocolsFor } from '../../features/nodes/checkout/fetch-git.ts'
import type { Getting } from '../../features/nodes/checkout/to-check-out.ts'
import { gitFor } from '../../features/nodes/git.ts'
import { sourceText } from '../../features/nodes/manifest/source-text.ts'
import type { Host } from '../../host/host.ts'
import type { NodesScene } from './view.ts'

/** What was found out about one node: exactly which is the newest that is asked for, or why nobody can tell. */
export type Resolved = { readonly node: WantedNode } & (
  | { readonly locked: LockedNode }
  | { readonly problem: Problem }
)

/** How many servers are asked at once. */
const AT_ONCE = 8

/** Asks where each node comes from for the newest that is asked for, without getting it. In the order given. */
export async function resolveNodes(
  host: Host,
  { settings, places }: Pick<NodesScene, 'settings' | 'places'>,
  { nodes, signal }: { readonly nodes: readonly WantedNode[]; readonly signal: AbortSignal },
): Promise<readonly Resolved[]> {
  const { layout } = places
  const git = gitFor(host, { home: layout.personHome, credentials: settings.gitCredentials, signal })
  const untilMs = host.clock.monotonicMs() + settings.nodeTimeoutMs
  const asking = { host, getting: { settings, layout, git, signal, untilMs, silent: new Set<string>() } }
  const found: Resolved[] = []
  for (let at = 0; at < nodes.length; at += AT_ONCE)
    found.push(...(await Promise.all(nodes.slice(at, at + AT_ONCE).map((node) => resolve(asking, node)))))
  return found
}

type Asking = { readonly host: Host; readonly getting: Getting }

async function resolve(asking: Asking, node: WantedNode): Promise<Resolved> {
  const { folder, source } = node
  try {
    const found = await newest(asking, node)
    if (typeof found !== 'string') return { node, locked: { folder, source, ...found } }
    const details = { name: folder, source: sourceText(source), reason: found }
    return { node, problem: new Problem('NODE_NOT_RESOLVED', details, { level: 'warning' }) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { code, details } = error
    return { node, problem: new Problem(code, details, { cause: error, level: 'warning' }) }
  }
}

type Pinned = Pick<LockedNode, 'commit' | 'version' | 'archive'>

// A text says why not, without a full stop.
function newest(asking: Asking, { folder, source }: WantedNode): Promise<Pinned | string> {
  switch (source.kind) {
    case 'git':
      return newestCommit(asking, source)
    case 'registry':
      return newestVersion(asking, folder, source)
    case 'zip':
      return Promise.resolve({ archive: { url: source.url, sha256: source.sha256 } })
    case 'path':
      return Promise.resolve({})
  }
}

const FULL = /^([0-9a-f]{40}|[0-9a-f]{64})$/

async function newestCommit(
  { getting: { git, settings } }: Asking,
  { url, ref }: Extract<WantedNode['source'], { kind: 'git' }>,
): Promise<Pinned | string> {
  if (ref !== undefined && FULL.test(ref)) return { commit: ref }
  if (settings.offline) return 'COMFY_OFFLINE is on'
  const names =
    ref === undefined ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`]
  const said = await git(['ls-remote', '--quiet', '--', url, ...names], { protocols: protocolsFor(url) })
  if (said.kind === 'failed') return said.reason
  const commits = new Map(
    said.stdout.split('\n').map((line) => {
      const [commit = '', name = ''] = line.split('\t')
      return [name, commit] as const
    }),
  )
  const commit = names.map((name) => commits.get(name)).find((each) => each !== undefined)
  if (commit !== undefined) return { commit }
  if (ref === undefined) return 'the repository is empty'
  return /^[0-9a-f]{7,}$/.test(ref)
    ? `${ref} is no branch or tag there; a commit is written with all its 40 digits`
    : `there is no branch or tag ${ref}`
}

async function newestVersion(
  { host, getting }: Asking,
  name: string,
  { id, version }: Extract<WantedNode['source'], { kind: 'registry' }>,
): Promise<Pinned | string> {
  if (version !== undefined) return { version }
  if (getting.settings.offline) return 'COMFY_OFFLINE is on'
  const published = await askRegistry(host, { name, id, version }, getting)
  return { version: published.version }
}
