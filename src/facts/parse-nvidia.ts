import type { Card } from './device-facts.ts'

/** The driver's version in the text of /proc/driver/nvidia/version, e.g. `570.86.15`. */
export function parseDriverVersion(text: string): string | undefined {
  return /^NVRM version:.*?\s(\d{3,}\.\d+(?:\.\d+)?)\s/m.exec(text)?.[1]
}

/** The card's name in the text of /proc/driver/nvidia/gpus/<slot>/information. */
export function parseModel(text: string): string | undefined {
  return /^Model:\s*(.+?)\s*$/m.exec(text)?.[1]
}

/** What nvidia-smi answers, asked for `name,compute_cap,driver_version` as csv without header. */
export type SmiAnswer = { readonly driver: string | undefined; readonly cards: readonly Card[] }

/** Cards and driver in nvidia-smi's lines. A capability that it does not know (`[N/A]`, old programs) stays undefined. */
export function parseSmi(text: string): SmiAnswer {
  const rows = text
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length >= 3)
  return {
    driver: rows.map((cells) => cells.at(-1)).find((cell) => /^\d+\.\d+/.test(cell ?? '')),
    cards: rows.map((cells) => ({
      name: cells.slice(0, -2).join(', '),
      capability: capabilityOf(cells.at(-2) ?? ''),
    })),
  }
}

function capabilityOf(text: string): string | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(text) ?? []
  return major === undefined || minor === undefined ? undefined : `sm_${major}${minor}`
}
