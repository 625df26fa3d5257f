import { vendorIn } from '../../base/node-places.ts'
import { Problem, type ProblemText, type Runtime, systemCode } from '../../base/problem.ts'
import { gitFor } from '../../features/nodes/git.ts'
import { lockText } from '../../features/nodes/lock/lock-text.ts'
import { withNodes } from '../../features/nodes/lock/merge-locks.ts'
import type { Host } from '../../host/host.ts'
import type { Input } from '../input.ts'
import { beginActing } from '../workspace/acting.ts'
import { glance } from '../workspace/glance.ts'
import { lockOf } from './lock.ts'
import { type Got, type ToVendor, type Vendoring, vendorNode } from './vendor-node.ts'
import { vendorWheels } from './vendor-wheels.ts'
import { type NodesScene, sceneOf } from './view.ts'

/** What a vendor folder has since. */
export type Vendored = {
  readonly runtime: Runtime
  readonly path: string
  readonly nodes: readonly string[]
  /** How many packages there are wheels for. */
  readonly packages: number
  readonly notes: readonly string[]
  readonly problems: readonly ProblemText[]
}

/**
 * Fills a folder with all that is locked or asked for: repositories, archives, wheels, and the lock, which comes last. As whoever
 * typed it: the folder belongs to an image. A crash leaves a part, and the same act goes on.
 */
export async function vendorNodes(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
  folder: string,
): Promise<Vendored> {
  const { settings, tell, stop } = await beginActing(host, input)
  const facts = await glance(host, settings)
  tell({ type: 'runtime', runtime: facts.runtime })
  host.users.actAs(undefined)
  const scene = sceneOf(settings, facts)
  const { lock, problems } = await lockOf(host, scene, stop.signal)
  const vendoring = vendoringFor(host, scene, { folder, signal: stop.signal })
  const { places } = vendoring
  for (const path of [places.repositories, places.archives, places.wheels])
    await host.fs.makeFolder(path).catch((error) => refuseFolder(folder, error))
  const got: Got[] = []
  // One after the other: each is got with many requests at once, and an image is built once.
  for (const node of toVendor(scene, lock.nodes)) got.push(await vendorNode(host, node, vendoring))
  const wheels = await vendorWheels(host, scene, {
    packages: lock.packages,
    folder: places.wheels,
    signal: stop.signal,
  })
  const locked = got.flatMap((each) => ('locked' in each ? [each.locked] : []))
  const text = lockText(withNodes(lock, locked))
  await host.fs.write(places.lockFile, text).catch((error) => refuseFolder(folder, error))
  const wrong = [...got.flatMap((each) => ('problem' in each ? [each.problem] : [])), ...wheels.problems]
  return {
    runtime: facts.runtime,
    path: folder,
    nodes: locked.map((each) => each.folder),
    packages: wheels.count,
    notes: [...got.flatMap(({ notes }) => notes), ...wheels.notes],
    problems: [...problems, ...wrong.map((problem) => problem.in(facts.runtime))],
  }
}

function refuseFolder(folder: string, error: unknown): never {
  const code = systemCode(error)
  if (code === undefined) throw error
  const message = `vendor cannot write into ${folder}: the filesystem answered ${code}.`
  const hint = `ls -ld ${folder}; df -h ${folder}`
  throw new Problem('ARGUMENTS_INVALID', { command: 'nodes', message, hint }, { cause: error })
}

function toVendor({ wanted }: NodesScene, locked: readonly ToVendor['locked'][]): readonly ToVendor[] {
  return wanted.nodes.flatMap((node) => {
    const pin = locked.find((each) => each.folder.toLowerCase() === node.folder.toLowerCase())
    return pin === undefined ? [] : [{ wanted: node, locked: pin }]
  })
}

function vendoringFor(
  host: Host,
  { settings, places: { layout } }: NodesScene,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Vendoring {
  const git = gitFor(host, { home: layout.personHome, credentials: settings.gitCredentials, signal })
  const untilMs = host.clock.monotonicMs() + MOST_MS
  return {
    places: vendorIn(folder),
    getting: { settings, layout, git, signal, untilMs, silent: new Set() },
  }
}

/** An image’s build may take its time; each node has a limit of its own. */
const MOST_MS = 6 * 3_600_000
