import { entry } from '../entry.ts'

/** Problems with ComfyUI's queue: prompts that are stuck in it, and prompts that outlive it. */
export const queueProblems = {
  COMFYUI_STALLED: entry<{ why: string; restarts: boolean }>({
    kind: 'temporary',
    level: 'warning',
    what: () => 'Cannot get ComfyUI to go on with its queue.',
    why: ({ why }) =>
      `It runs, but ${why}: it counts as stalled when it says that its thread has died, or when it has prompts or does not answer, writes nothing and leaves processor, disk and GPU idle for COMFY_STALL_S.`,
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
        ? 'ComfyUI did not write out its queue before the time was over, or it holds more than 256 MiB.'
        : `Writing ${path} gave ${reason}.`,
    remedy: ({ path, reason }) =>
      reason === undefined
        ? 'What has not run when ComfyUI ends is lost: queue it again. Shorter queues can be kept.'
        : `What has not run when ComfyUI ends is lost: queue it again. ls -ld ${path}; df -h ${path}; df -i ${path}`,
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
  PROMPT_DEADLY: entry<{ id: string; refused: string; path: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ id }) => `Cannot queue the kept prompt ${id} again.`,
    why: ({ refused }) => `ComfyUI died twice when it ran. It is in ${refused}, and the others go on.`,
    remedy: ({ refused, path }) =>
      `comfy-init deaths shows what it died of. Mend that, then mv ${refused} ${path} and comfy-init restart comfyui.`,
  }),
  PROMPTS_UNREADABLE: entry<{ path: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot read all that is kept of ComfyUI’s queue.',
    why: ({ path }) => `What is no list of prompts, or no prompt, was put aside as ${path}.`,
    remedy: ({ path }) => `Look at ${path}; rm ${path} when nothing in it is needed.`,
  }),
  QUEUE_OVER_TLS: entry<Record<never, never>>({
    kind: 'settings',
    level: 'warning',
    what: () => 'Cannot see the queue of a ComfyUI that speaks TLS itself.',
    why: () =>
      'With --tls-keyfile and --tls-certfile, COMFY_DRAIN_S, COMFY_STALL_S and kept prompts do nothing.',
    remedy: () => 'Let a proxy before ComfyUI speak TLS, or set COMFY_DRAIN_S=0.',
  }),
} as const
