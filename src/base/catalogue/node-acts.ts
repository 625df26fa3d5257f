import { entry } from '../entry.ts'

/** Problems with what was asked of `comfy-init nodes`. */
export const nodeActProblems = {
  NODES_BUSY: entry<{ path: string }>({
    kind: 'temporary',
    what: () => 'Cannot change custom nodes now.',
    why: ({ path }) => `Another «comfy-init nodes» is at work on them, and holds ${path}.`,
    remedy: () => 'Wait until it has ended, then type this again. See what it made: comfy-init nodes list',
  }),
  NODES_NOT_PREPARED: entry<{ path: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot change custom nodes: there is no ${path}.`,
    why: () => 'No start has prepared this workspace, and a start gets all nodes by itself.',
    remedy: () => 'Start the container once. To see what it is going to do: comfy-init plan',
  }),
  NODE_UNKNOWN: entry<{ name: string; near?: string | undefined; what: 'node' | 'node or package' }>({
    kind: 'usage',
    what: ({ name, what }) => `Cannot find a ${what} «${name}».`,
    why: () => 'Nothing asks for it, and nothing of that name lies in custom_nodes.',
    remedy: ({ near }) =>
      near === undefined ? 'comfy-init nodes list' : `Did you mean «${near}»? All: comfy-init nodes list`,
  }),
  NODE_ASKED_ELSEWHERE: entry<{ name: string; from: string }>({
    kind: 'settings',
    what: ({ name }) => `Cannot remove the node ${name} for good.`,
    why: ({ from }) =>
      `${from} asks for it, which counts more than the workspace’s nodes.yaml: the next start would get it again.`,
    remedy: ({ name, from }) => `Take ${name} out of ${from}.`,
  }),
  NODE_NOT_RESOLVED: entry<{ name: string; source: string; reason: string }>({
    kind: 'environment',
    what: ({ name }) => `Cannot find out which ${name} is meant exactly.`,
    why: ({ source, reason }) => `${source}: ${reason}.`,
    remedy: ({ name }) =>
      `Check the address and the network. What is locked now: comfy-init nodes why ${name}`,
  }),
  NODES_FORMAT_UNKNOWN: entry<{ path: string; reason: string }>({
    kind: 'usage',
    what: ({ path }) => `Cannot take nodes from ${path}.`,
    why: ({ reason }) => reason,
    remedy: () =>
      'Name a snapshot of ComfyUI-Manager (JSON or YAML), one of Comfy-Desktop, or a comfy-cli build definition.',
  }),
  WHEELS_NOT_GOT: entry<{ reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot get wheels of the locked Python packages.',
    why: ({ reason }) => `${reason}.`,
    remedy: () => 'Look at what pip asks, then type the same again: what was got is kept.',
  }),
} as const
