/** How much of a card is in use; memory in bytes, `utilisation` from 0 to 1. NaN for what the card does not tell. */
export type GpuUse = {
  readonly index: number
  readonly name: string
  readonly usedBytes: number
  readonly totalBytes: number
  readonly utilisation: number
}

/** What nvidia-smi is asked for; it answers with a line for each card, memory in MiB. */
export const QUERY = [
  '--query-gpu=index,name,memory.used,memory.total,utilization.gpu',
  '--format=csv,noheader,nounits',
] as const

const MIB = 1024 * 1024

/** Reads nvidia-smi's lines; those that are none of a card, e.g. of an error, are left out. */
export function parseUse(text: string): readonly GpuUse[] {
  return text.split('\n').flatMap((line) => {
    const cells = line.split(',').map((cell) => cell.trim())
    const index = Number(cells[0] || Number.NaN)
    if (cells.length < 5 || !Number.isInteger(index)) return []
    const [used, total, percent] = cells.slice(-3).map(numberIn)
    return {
      index,
      // A name may hold commas of its own.
      name: cells.slice(1, -3).join(', '),
      usedBytes: (used ?? Number.NaN) * MIB,
      totalBytes: (total ?? Number.NaN) * MIB,
      utilisation: (percent ?? Number.NaN) / 100,
    }
  })
}

// [N/A], [Not Supported] and the like are no numbers.
function numberIn(cell: string): number {
  return cell === '' ? Number.NaN : Number(cell)
}
