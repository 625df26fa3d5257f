import { entry } from '../entry.ts'

/** Problems with custom nodes. */
export const nodeProblems = {
  NODE_NAME_INVALID: entry<{ name: string; reason: string }>({
    kind: 'settings',
    what: ({ name }) => `Cannot tell which node «${name}» in COMFY_NODES is.`,
    why: ({ reason }) => reason,
    remedy: () =>
      'Write ComfyUI-Manager, comfyui_controlnet_aux, owner/repository or https://host/owner/repository, each with @branch, @tag or @commit where wanted.',
  }),
  NODE_CLONE_FAILED: entry<{ name: string; url: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot clone the node ${name}.`,
    why: ({ url, reason }) => `${url}: ${reason}. ComfyUI starts without it; the next boot tries again.`,
    remedy: () => 'Check the address and the network, or leave the node out of COMFY_NODES.',
  }),
  NODES_NOT_LINKED: entry<{ path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot link the image’s nodes into ${path}.`,
    why: ({ code }) => `The filesystem answered ${code}.`,
    remedy: ({ path }) => `Look at what is there: ls -la ${path}`,
  }),
  NODES_FOLDER_ABSENT: entry<{ path: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot load custom nodes from ${path}.`,
    why: () => 'COMFY_CUSTOM_NODES_DIR names it, and there is no such folder.',
    remedy: () => 'Mount it, or unset COMFY_CUSTOM_NODES_DIR.',
  }),
} as const
