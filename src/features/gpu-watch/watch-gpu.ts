import { shortList } from '../../base/text.ts'
import type { Host } from '../../host/host.ts'
import { type SmiLook, smiAsker } from './ask-smi.ts'
import type { GpuUse } from './gpu-use.ts'
import { nodesGone, nodesNow } from './watch-nodes.ts'

/** Who is told: how the cards are used (undefined while nobody knows), and by which signs they are lost (undefined: they are there). */
export type GpuListener = {
  readonly signal: AbortSignal
  readonly onUse: (gpus: readonly GpuUse[] | undefined) => void
  readonly onLost: (signs: string | undefined) => void
}

/** Between two looks at the device nodes, milliseconds. */
const NODES_EVERY_MS = 5000

/** Between two questions to nvidia-smi while all is well, in looks at the nodes. */
const SMI_EVERY = 6

/** So often in a row nvidia-smi has to be ill. */
const ILL_LIMIT = 2

/** Looks at device nodes and asks nvidia-smi until the signal. Where there is no nvidia-smi, or it never worked, only nodes count. */
export async function watchGpu(host: Host, { signal, onUse, onLost }: GpuListener): Promise<void> {
  const nodes = await nodesNow(host.fs)
  const ask = smiAsker(host)
  let smi = unasked
  for (let turn = 0; !signal.aborted; turn++) {
    await host.clock.sleep(NODES_EVERY_MS, signal)
    const gone = await nodesGone(host.fs, nodes)
    if (smi.state !== 'missing' && (smi.ill > 0 || turn % SMI_EVERY === 0)) {
      smi = afterLook(smi, await ask(smi.known, signal))
      if (!signal.aborted) onUse(smi.gpus)
    }
    const isGone = gone.length > 0 ? `${shortList(gone)} ${gone.length === 1 ? 'is' : 'are'} gone` : undefined
    if (!signal.aborted) onLost(isGone ?? (smi.ill >= ILL_LIMIT ? smi.sign : undefined))
  }
}

/** What is known from nvidia-smi: cards it had at first, and how often in a row it was ill by which sign. */
export type Smi = {
  readonly state: 'asked' | 'missing'
  readonly known: number
  readonly ill: number
  readonly sign: string | undefined
  readonly gpus: readonly GpuUse[] | undefined
}

/** Nobody has asked nvidia-smi yet. */
export const unasked: Smi = { state: 'asked', known: 0, ill: 0, sign: undefined, gpus: undefined }

/** What is known after one more answer. One that never was well counts for nothing: it may not fit this machine. Pure. */
export function afterLook(before: Smi, look: SmiLook): Smi {
  switch (look.state) {
    case 'missing':
      return { ...unasked, state: 'missing' }
    case 'well':
      return { ...before, known: Math.max(before.known, look.gpus.length), ill: 0, gpus: look.gpus }
    case 'ill':
      if (before.known === 0) return { ...unasked, state: 'asked' }
      return { ...before, ill: before.ill + 1, sign: look.sign, gpus: undefined }
  }
}
