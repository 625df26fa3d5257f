import { entry, type Runtime } from '../entry.ts'
import { byRuntime, giveGpu } from '../remedy.ts'

/** A card that torch has no code for; `needs` is advice on which image does. */
type Mismatch = {
  readonly card: string
  readonly capability: string
  readonly torch: string
  readonly has: string
  readonly needs: string
}

/** `mayBeServed`: a data-centre card, or an unknown one, that the image's cuda-compat package may serve all the same. */
type TooOld = {
  readonly driver: string
  readonly needed: string
  readonly torch: string
  readonly cuda: string
  readonly mayBeServed: boolean
}

/** Problems with the GPU, its driver and the torch of the image. */
export const gpuProblems = {
  GPU_ABSENT: entry<Record<string, never>>({
    kind: 'environment',
    level: 'warning',
    what: () => 'ComfyUI will run on the CPU.',
    why: () => 'There is no NVIDIA device in /dev, and COMFY_GPU=auto then starts ComfyUI with --cpu.',
    remedy: (_, runtime) =>
      `${giveGpu(runtime)} Or set COMFY_GPU=off when the CPU is meant; COMFY_GPU=require refuses to start without a GPU.`,
  }),

  GPU_REQUIRED: entry<Record<string, never>>({
    kind: 'environment',
    what: () => 'Cannot find a GPU.',
    why: () => 'COMFY_GPU=require is set and there is no NVIDIA device in /dev.',
    remedy: (_, runtime) => `${giveGpu(runtime)} Or set COMFY_GPU=auto.`,
  }),

  TORCH_WITHOUT_CUDA: entry<{ torch: string; cards: readonly string[] }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'ComfyUI cannot use the GPU.',
    why: ({ torch, cards }) => `The image’s torch ${torch} is a CPU build; found is ${cards.join(', ')}.`,
    remedy: () => 'Use an image with a CUDA build of torch, or set COMFY_GPU=off.',
  }),

  DRIVER_TOO_OLD: entry<TooOld>({
    kind: 'environment',
    what: ({ cuda }) => `Cannot use CUDA ${cuda} with this driver.`,
    why: ({ driver, needed, torch, cuda, mayBeServed }) =>
      [
        `The host’s NVIDIA driver is ${driver}; torch ${torch} is built with CUDA ${cuda}, which needs ${needed} or newer.`,
        ...(mayBeServed ? ['Only data-centre cards with cuda-compat in the image work all the same.'] : []),
      ].join(' '),
    remedy: ({ needed, driver }, runtime) =>
      [
        runtime === 'runpod'
          ? `Choose a machine with a newer CUDA version in the pod’s filter, or an image with an older CUDA`
          : `Install driver ${needed} or newer on the host, or use an image whose torch has an older CUDA`,
        `(${driver} serves CUDA ${servedBy(driver)}). COMFY_GPU=off runs on the CPU.`,
      ].join(' '),
  }),

  GPU_LOST: entry<{ signs: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot reach the GPU any more.',
    why: ({ signs }) => `${signs}.`,
    remedy: (_, runtime) => reachAgain(runtime),
  }),

  GPU_NOT_IN_TORCH: entry<Mismatch>({
    kind: 'environment',
    what: ({ card }) => `Cannot compute on ${card} with this image.`,
    why: ({ card, capability, torch, has }) => `${card} is ${capability}; torch ${torch} is built ${has}.`,
    remedy: ({ needs }) => `${needs} COMFY_GPU=off runs on the CPU.`,
  }),
} as const

// Two causes are common: the host's systemd took the device away from the container, or the card itself hangs.
function reachAgain(runtime: Runtime): string {
  const host = 'On the host, nvidia-smi says whether the card is there, and dmesg | grep -i xid why not.'
  return byRuntime(runtime, {
    docker: `Restart the container: docker restart CONTAINER. ${host} Where it comes back after systemctl daemon-reload on the host: start with --device /dev/nvidia0 --device /dev/nvidiactl --device /dev/nvidia-uvm beside --gpus, or run dockerd with native.cgroupdriver=cgroupfs.`,
    podman: `Restart the container: podman restart CONTAINER. ${host} Where it comes back after systemctl daemon-reload on the host: start with --device nvidia.com/gpu=all.`,
    kubernetes: `Delete the pod, so that it gets a card again: kubectl delete pod POD. ${host}`,
    runpod: 'Restart the pod; where the card stays away, start another pod: that machine is broken.',
    none: `Start comfy-init again. ${host}`,
  })
}

function servedBy(driver: string): string {
  const major = Number.parseInt(driver, 10)
  if (major >= 525) return 'up to 12'
  return major >= 450 ? 'up to 11' : 'up to 10'
}
