import type { TorchFacts } from './device-facts.ts'
import type { Facts } from './facts.ts'

/** What a person said about the GPU: the setting, and ComfyUI's own arguments. */
export type GpuAsked = { readonly gpu: 'auto' | 'require' | 'off'; readonly args: readonly string[] }

/**
 * Whether ComfyUI is left to use a GPU; when not it is started with --cpu, without which it ends at once.
 * auto: there is a card and a torch that can use it. torch for another maker's cards is left to find them itself.
 */
export function usesGpu(asked: GpuAsked, { gpu, python }: Pick<Facts, 'gpu' | 'python'>): boolean {
  if (asked.gpu === 'off' || asked.args.includes('--cpu')) return false
  if (asked.gpu === 'require') return true
  const build = python?.torch === undefined ? 'cuda' : torchBuild(python.torch)
  switch (build) {
    case 'cpu':
      return false
    case 'other':
      return true
    case 'cuda':
      return gpu.devices.length > 0
  }
}

/** What a torch was built for; `other` is AMD's or Intel's, told by the end of its version (`2.9.1+rocm6.4`). */
export function torchBuild(torch: TorchFacts): 'cuda' | 'cpu' | 'other' {
  if (torch.cuda !== undefined) return 'cuda'
  return /\+(rocm|xpu)/.test(torch.version) ? 'other' : 'cpu'
}
