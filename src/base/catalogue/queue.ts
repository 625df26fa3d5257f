import { entry } from '../entry.ts'

/** Problems with ComfyUI's queue: prompts that are stuck in it, and prompts that outlive it. */
export const queueProblems = {
  COMFYUI_STALLED: entry<{ why: string; restarts: boolean }>({
    kind: 'temporary',
    level: 'warning',
    what: () => 'Cannot get ComfyUI to go on with its queue.',
    why: ({ why }) =>
      `ComfyUI answers, but ${why}: it counts as stalled when it says that its thread has died, or when it writes nothing and leaves processor, disk and GPU idle for COMFY_STALL_S.`,
    remedy: ({ restarts }) =>
      restarts
        ? 'It is restarted, and what waited in its queue is queued again. COMFY_ON_STALL=report only says so.'
        : 'comfy-init restart comfyui. COMFY_ON_STALL=restart does it by itself.',
  }),
  QUEUE_NOT_KEPT: entry<{ path: string; reason: string | undefined }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot keep the prompts that wait in ComfyUI’s queue.',
    why: ({ path, reason }) =>
      reason === undefined
        ? 'ComfyUI did not write out its queue in time, or it holds more than 256 MiB.'
        : `Writing ${path} gave ${reason}.`,
    remedy: ({ path, reason }) =>
      reason === undefined
        ? 'They end with ComfyUI: queue them again. Shorter queues can be kept.'
        : `They end with ComfyUI: queue them again. ls -ld ${path}; df -h ${path}; df -i ${path}`,
  }),
  QUEUE_NOT_READ: entry<{ path: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot queue the kept prompts of ${path} again.`,
    why: ({ reason }) => `Reading or changing it gave ${reason}.`,
    remedy: ({ path }) => `ls -l ${path}; then comfy-init restart comfyui tries again.`,
  }),
  PROMPTS_REFUSED: entry<{ count: number; reason: string; refused: string; path: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ count }) => `Cannot queue ${count} kept ${count === 1 ? 'prompt' : 'prompts'} again.`,
    why: ({ reason, refused }) =>
      `ComfyUI answered «${reason}». They are in ${refused}, each with its reason.`,
    remedy: ({ refused, path }) =>
      `Bring back what they need, then mv ${refused} ${path} and comfy-init restart comfyui.`,
  }),
} as const
