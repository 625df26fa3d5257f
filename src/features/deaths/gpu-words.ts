import { clipped, type Evidence, type Finding } from './evidence.ts'
import type { Word } from './words.ts'

/** What to do about a GPU that is there no more. */
export const GPU_LOST =
  'On the host: nvidia-smi, and dmesg | grep -i xid. Then start the container again, or the machine where nvidia-smi does not list the card.'

/** What torch, CUDA and the driver say when the card is the reason, the more exact first. */
export const gpuWords: readonly Word[] = [
  {
    says: /GPU is lost|fallen off the bus|Unable to determine the device handle|Xid\b.*\b79\b|Failed to initialize NVML: Unknown Error/i,
    means: (_, { spec }) => ({
      cause: 'gpu-lost',
      summary: `${spec.title} ended because its GPU was lost: the driver does not reach it any more.`,
      remedy: GPU_LOST,
    }),
  },
  {
    says: /(?:CUDA|HIP) (?:error: )?out of memory|OutOfMemoryError: (?:CUDA|HIP|Allocation on device)|cudaErrorMemoryAllocation|STATUS_ALLOC_FAILED/,
    means: memory,
  },
  { says: /no kernel image is available/, means: noKernel },
  {
    says: /NVIDIA driver on your system is too old(?: \(found version (\d+)\))?|CUDA driver version is insufficient/,
    means: ([, found], { gpu, torch }) => {
      const driver = gpu?.driver === undefined ? '' : ` ${gpu.driver}`
      const knows = found === undefined ? '' : `, which knows CUDA ${cudaText(Number(found))} at most,`
      const built = torch?.cuda === undefined ? '' : ` for CUDA ${torch.cuda}`
      return {
        cause: 'cuda-error',
        summary: `The NVIDIA driver${driver} of the host${knows} is too old for this torch${built}.`,
        remedy: 'Update the driver on the host, or use an image whose torch is built for an older CUDA.',
      }
    },
  },
  {
    says: /Torch not compiled with CUDA enabled|Found no NVIDIA driver on your system|No CUDA GPUs are available|no CUDA-capable device is detected/,
    means: ([said], { spec }) => ({
      cause: 'cuda-error',
      summary: `${spec.title} found no GPU that its torch can use (${said}).`,
      remedy:
        'Give the container a GPU (docker run --gpus all) and an image whose torch is built for it, or run on the processor: COMFY_GPU=off.',
    }),
  },
  {
    says: /(an illegal memory access was encountered|misaligned address|device-side assert triggered|unspecified launch failure|illegal instruction was encountered)/,
    means: ([, said], { spec }) => ({
      cause: 'cuda-error',
      summary: `${spec.title} ended because of an error in code on the GPU: ${said}.`,
      remedy:
        'A custom node or an attention library is the usual reason: CUDA_LAUNCH_BLOCKING=1 names the place, COMFY_ARGS=--use-pytorch-cross-attention takes another library. Where it happens with everything, see dmesg | grep -i xid on the host.',
    }),
  },
  {
    says: /uncorrectable (?:NVLink )?(?:ECC )?error/i,
    means: (_, { spec }) => ({
      cause: 'cuda-error',
      summary: `${spec.title} ended because the GPU reported an error of its memory that it cannot correct (ECC).`,
      remedy:
        'Restart the machine, or take another one: nvidia-smi -q -d ECC counts such errors; a card that goes on is broken.',
    }),
  },
  {
    says: /CUDA (?:error: |unknown error)(.*)|(cu(?:BLAS|DNN) error: \S+|CU(?:BLAS|DNN)_STATUS_\w+)/i,
    means: ([said, after = '', code], { spec }) => ({
      cause: 'cuda-error',
      summary: `${spec.title} ended because of an error of CUDA: ${clipped(code ?? (after.trim() || said))}.`,
      remedy:
        'See dmesg | grep -i xid and nvidia-smi on the host; CUDA_LAUNCH_BLOCKING=1 names the place in the code.',
    }),
  },
]

function memory({ input }: RegExpExecArray, { spec }: Evidence): Finding {
  const asked = /Tried to allocate ([\d.]+ \w+)/.exec(input)?.[1]
  const [, total, free] = /total capacity of ([\d.]+ \w+) of which ([\d.]+ \w+) is free/.exec(input) ?? []
  const numbers = [
    ...(asked === undefined ? [] : [`${asked} more were asked for`]),
    ...(total === undefined ? [] : [`${free} of ${total} were free`]),
  ]
  return {
    cause: 'cuda-memory',
    summary: `${spec.title} ended because the memory of the GPU was used up${numbers.length === 0 ? '' : `: ${numbers.join(', ')}`}.`,
    remedy:
      'Let it use less: COMFY_ARGS=--lowvram (or --novram), smaller pictures or models. nvidia-smi on the host shows other programs on the card.',
  }
}

function noKernel(_: RegExpExecArray, { gpu, torch }: Evidence): Finding {
  const card = gpu?.cards[0]
  const name =
    card === undefined
      ? 'this GPU'
      : `${card.name}${card.capability === undefined ? '' : ` (${card.capability})`}`
  const capability = Number(/\d+/.exec(card?.capability ?? '')?.[0] ?? Number.NaN)
  const built = torch === undefined ? 'This torch' : `torch ${torch.version}`
  return {
    cause: 'cuda-error',
    summary: `${built} has no code for ${name}.`,
    remedy:
      capability >= 100 || Number.isNaN(capability)
        ? 'Use an image whose torch is built with CUDA 12.8 or newer, which cards from sm_100 on need (RTX 50: sm_120).'
        : 'Use an image whose torch is built for this card: older cards were left out of newer builds (the last for sm_50 to sm_70 is CUDA 12.6).',
  }
}

// CUDA writes 12.2 as 12020.
function cudaText(version: number): string {
  return `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`
}
