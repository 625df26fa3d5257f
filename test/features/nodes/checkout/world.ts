import { mkdir, readFile } from 'node:fs/promises'
import { layoutOf, type Places } from '../../../../src/base/layout.ts'
import type { Checkout, LockedNode, NodeSource } from '../../../../src/base/node.ts'
import { problemOf } from '../../../../src/base/node-failure.ts'
import type { ProblemText } from '../../../../src/base/problem.ts'
import { parseCheckouts } from '../../../../src/facts/parse-node-records.ts'
import { checkOutStep } from '../../../../src/features/nodes/checkout/step.ts'
import type { CheckOutSettings, ToCheckOut } from '../../../../src/features/nodes/checkout/to-check-out.ts'
import { requestOf } from '../../../../src/features/nodes/lock/request.ts'
import { type Host, realHost } from '../../../../src/host/host.ts'
import { quickPauses } from '../../../support/quick-clock.ts'
import { tempFolder } from '../../../support/temp-folder.ts'
import { aSettings } from '../../../support/world.ts'

/** A workspace with an empty custom_nodes, and what it takes to get nodes into it. */
export type CheckoutWorld = {
  readonly root: string
  readonly places: Places
  readonly customNodes: string
  /** Gets nodes as one start would; what earlier ones wrote down is known. */
  readonly get: (nodes: readonly Asked[], with_?: GetWith) => Promise<'done' | 'not-needed'>
  /** What was written down of a node. */
  readonly record: (folder: string) => Promise<Checkout | undefined>
  /** The problem that was written down of a node, in words. */
  readonly problem: (folder: string) => Promise<(ProblemText & { readonly temporary: boolean }) | undefined>
  readonly read: (path: string) => Promise<string>
  readonly notes: string[]
}

/** One node as a test asks for it. */
export type Asked = {
  readonly folder: string
  readonly source: NodeSource
  readonly locked?: LockedNode | undefined
}

/** Other hands and settings than usual. */
export type GetWith = {
  readonly host?: Host
  readonly settings?: Partial<CheckOutSettings>
  readonly signal?: AbortSignal
}

/** The real host, whose pauses between tries are short. */
export const quickHost: Host = { ...realHost(), clock: quickPauses(100) }

/** Makes such a workspace, by default on a disk. */
export async function checkoutWorld(root_?: string): Promise<CheckoutWorld> {
  const root = root_ ?? (await tempFolder())
  const layout = layoutOf(`${root}/workspace`)
  const base = layout.home
  const customNodes = `${base}/custom_nodes`
  const places: Places = {
    ...{ mode: 'move', reason: 'a test', code: base, base, layout, customNodes },
    models: `${base}/models`,
    copies: false,
  }
  for (const folder of [customNodes, layout.personHome]) await mkdir(folder, { recursive: true })
  const notes: string[] = []
  const usual = aSettings({ vendorFolder: `${root}/vendor`, nodeTimeoutMs: 60_000 })
  const records = async () =>
    parseCheckouts(await readFile(layout.checkoutsFile, 'utf8').catch(() => undefined))
  const record = async (folder: string) => (await records()).get(folder.toLowerCase())
  return {
    root,
    places,
    customNodes,
    notes,
    record,
    read: (path) => readFile(`${customNodes}/${path}`, 'utf8'),
    get: async (asked, { host = quickHost, settings = {}, signal = new AbortController().signal } = {}) => {
      const known = await records()
      const nodes = asked.map((each) => toCheckOut(each, known.get(each.folder.toLowerCase())))
      const about = {
        nodes,
        places,
        settings: { ...usual, ...settings },
        onNote: (note: string) => notes.push(note),
      }
      return checkOutStep(about).apply(host, () => {}, signal)
    },
    problem: async (folder) => {
      const failure = (await record(folder))?.failure
      return failure && { ...problemOf(failure, false).in('docker'), temporary: failure.temporary }
    },
  }
}

function toCheckOut({ folder, source, locked }: Asked, before: Checkout | undefined): ToCheckOut {
  const wanted = {
    ...{ folder, source, enabled: true, required: false, onlyIf: [], env: {} },
    requirements: undefined,
    from: 'COMFY_NODES',
  }
  return { wanted, request: requestOf(wanted), locked, before }
}

/** A git source. */
export function fromGitAt(url: string, ref?: string): NodeSource {
  return { kind: 'git', url, ref }
}
