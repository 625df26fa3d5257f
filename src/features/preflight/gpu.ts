import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import { torchBuild, usesGpu } from '../../facts/gpu-use.ts'
import type { Settings } from '../../settings/settings.ts'

/** A GPU that is required must be there and torch must be able to use it; where none is used, that is said. */
export function checkGpu(settings: Settings, facts: Facts): readonly Problem[] {
  if (settings.gpu === 'off' || settings.args.includes('--cpu')) return []
  if (facts.gpu.devices.length > 0) return cpuBuild(settings, facts)
  if (settings.gpu === 'require') return [new Problem('GPU_REQUIRED', {})]
  return usesGpu(settings, facts) ? [] : [new Problem('GPU_ABSENT', {})]
}

function cpuBuild({ gpu }: Settings, facts: Facts): readonly Problem[] {
  const torch = facts.python?.torch
  if (torch === undefined || torchBuild(torch) !== 'cpu') return []
  const names = facts.gpu.cards.map((card) => card.name)
  const details = { torch: torch.version, cards: names.length > 0 ? names : facts.gpu.devices }
  const level = gpu === 'require' ? 'blocking' : 'warning'
  return [new Problem('TORCH_WITHOUT_CUDA', details, { level })]
}
