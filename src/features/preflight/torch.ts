import { Problem } from '../../base/problem.ts'
import type { Card } from '../../facts/device-facts.ts'
import type { Facts } from '../../facts/facts.ts'
import { usesGpu } from '../../facts/gpu-use.ts'
import type { Settings } from '../../settings/settings.ts'
import { adviceFor, newestOfCuda } from './cuda-generations.ts'

/** A card torch has no code for: every computation would end with «no kernel image is available». Unknown: nothing is said. */
export function checkTorch(settings: Settings, facts: Facts): readonly Problem[] {
  const torch = facts.python?.torch
  const known = facts.gpu.cards.filter((card) => capabilityOf(card) !== undefined)
  if (torch?.cuda === undefined || facts.gpu.devices.length === 0 || !usesGpu(settings, facts)) return []
  const archs = torch.archs ?? []
  const unfit = known.filter((card) =>
    archs.length > 0 ? !archs.some((arch) => runsOn(arch, card)) : isAfter(card, torch.cuda),
  )
  // With several cards ComfyUI can be told to use another, and a guess from the CUDA version is no proof.
  const level = archs.length > 0 && unfit.length === facts.gpu.cards.length ? 'blocking' : 'warning'
  return unfit.map((card) => {
    const capability = card.capability ?? ''
    const has =
      archs.length > 0 ? `for ${archs.join(', ')}` : `with CUDA ${torch.cuda}, which does not know it`
    const needs = adviceFor(capabilityOf(card) ?? 0, archs)
    return new Problem(
      'GPU_NOT_IN_TORCH',
      { card: card.name, capability, torch: torch.version, has, needs },
      { level },
    )
  })
}

/**
 * Machine code (sm_XY) runs on cards of the same major version with an equal or later minor one; PTX (compute_XY) is
 * translated for any later card; names that end in `a` run on exactly that card. Source: NVIDIA, CUDA C++ Programming
 * Guide, «Binary Compatibility» and «PTX Compatibility».
 */
function runsOn(arch: string, card: Card): boolean {
  const found = /^(sm|compute)_(\d+)([af]?)$/.exec(arch)
  const has = capabilityOf(card)
  if (found === null || has === undefined) return false
  const built = Number(found[2])
  if (found[3] === 'a') return built === has
  if (found[1] === 'compute' && found[3] === '') return built <= has
  return major(built) === major(has) && built <= has
}

function isAfter(card: Card, cuda: string | undefined): boolean {
  const newest = cuda === undefined ? undefined : newestOfCuda(cuda)
  return newest !== undefined && major(capabilityOf(card) ?? 0) > major(newest)
}

// 89 for sm_89, 120 for sm_120: the last digit is the minor version.
function capabilityOf(card: Card): number | undefined {
  const digits = /^sm_(\d+)/.exec(card.capability ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function major(capability: number): number {
  return Math.floor(capability / 10)
}
