import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { redact } from '../../base/secret.ts'
import type { Step } from '../../engine/plan.ts'
import type { Host } from '../../host/host.ts'
import { type Git, gitFor } from './git.ts'
import type { WantedNode } from './node-list.ts'
import { isAmong } from './presence.ts'

/**
 * Clones one node, without its history and without installing what it requires. It is staged beside its place under a name
 * that ComfyUI skips (`.disabled`), on the same filesystem: a crash leaves that, and the next try removes it.
 */
export function cloneNode(node: WantedNode, { customNodes, layout }: Places): Step {
  const folder = `${customNodes}/${node.name}`
  const staged = `${customNodes}/.comfy-init-${node.name}.disabled`
  return {
    id: `nodes/clone-${node.name}`,
    title: `Clone ${node.name}${node.ref === undefined ? '' : `@${node.ref}`}`,
    changes: [folder],
    ifFails: 'go-on',
    async apply(host, _progress, signal) {
      if (isAmong(node.name, (await host.fs.list(customNodes)) ?? [])) return 'not-needed'
      await host.fs.remove(staged)
      try {
        await clone(node, staged, gitFor(host, layout.personHome, signal))
      } catch (error) {
        await removeQuietly(host, staged)
        throw error
      }
      await host.fs.sync(staged)
      await host.fs.rename(staged, folder)
      return 'done'
    },
  }
}

/** A commit can only be fetched by its whole number, and not named to `git clone`. */
const COMMIT = /^[0-9a-f]{40}$/

async function clone(node: WantedNode, staged: string, git: Git): Promise<void> {
  const { url, ref } = node
  const commit = ref !== undefined && COMMIT.test(ref) ? ref : undefined
  const branch = ref === undefined || commit !== undefined ? [] : ['--branch', ref]
  const shallow = ['--depth', '1', '--recurse-submodules', '--shallow-submodules']
  await run(node, git, ['clone', '--quiet', ...shallow, ...branch, '--', url, staged])
  if (commit === undefined) return
  await run(node, git, ['-C', staged, 'fetch', '--quiet', '--depth', '1', 'origin', commit])
  await run(node, git, ['-C', staged, 'checkout', '--quiet', '--detach', commit])
}

async function run({ name, url }: WantedNode, git: Git, args: readonly string[]): Promise<void> {
  const failure = await git(args)
  if (failure === undefined) return
  throw new Problem('NODE_CLONE_FAILED', { name, url: redact(url), reason: redact(failure) })
}

async function removeQuietly(host: Host, staged: string): Promise<void> {
  try {
    await host.fs.remove(staged)
  } catch {
    // the next try removes it; what made the clone fail is what the person has to know
  }
}
