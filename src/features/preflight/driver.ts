import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import { usesGpu } from '../../facts/gpu-use.ts'
import type { Settings } from '../../settings/settings.ts'
import { isNewerOrSame } from './version.ts'

/**
 * Oldest Linux driver for each CUDA major version: within one, every minor version runs on it.
 * Source: NVIDIA, CUDA Compatibility, «Minor Version Compatibility», and the tables of the CUDA Toolkit release notes.
 */
const OLDEST_DRIVER: Readonly<Record<string, string>> = {
  '11': '450.80.02',
  '12': '525.60.13',
  '13': '580.65.06',
}

/** The driver CUDA 12.8 came with is the first that knows Blackwell cards (sm_100 and later). Source: its release notes. */
const BLACKWELL = { from: 100, driver: '570.26' }

/**
 * Cards that never run on the newer libcuda an image may bring (package cuda-compat); data-centre cards do, so for them,
 * and while the card is unknown, an old driver is no proof. Source: NVIDIA, CUDA Compatibility, «Forward Compatibility».
 */
const FOR_PLAY = /GeForce|TITAN/i

/** A driver older than torch's CUDA needs: torch then finds no GPU at all. Unknown driver or CUDA: nothing is said. */
export function checkDriver(settings: Settings, facts: Facts): readonly Problem[] {
  const { driver, cards, devices } = facts.gpu
  const torch = facts.python?.torch
  if (driver === undefined || torch?.cuda === undefined) return []
  if (devices.length === 0 || !usesGpu(settings, facts)) return []
  const needed = neededDriver(
    torch.cuda,
    cards.map((card) => card.capability),
  )
  if (needed === undefined || isNewerOrSame(driver, needed)) return []
  const isSure = cards.some((card) => FOR_PLAY.test(card.name))
  const details = { driver, needed, torch: torch.version, cuda: torch.cuda, mayBeServed: !isSure }
  return [new Problem('DRIVER_TOO_OLD', details, { level: isSure ? 'blocking' : 'warning' })]
}

function neededDriver(cuda: string, capabilities: readonly (string | undefined)[]): string | undefined {
  const byCuda = OLDEST_DRIVER[cuda.split('.')[0] ?? '']
  const isBlackwell = capabilities.some((each) => Number.parseInt(each?.slice(3) ?? '', 10) >= BLACKWELL.from)
  if (!isBlackwell) return byCuda
  return byCuda === undefined || isNewerOrSame(BLACKWELL.driver, byCuda) ? BLACKWELL.driver : byCuda
}
