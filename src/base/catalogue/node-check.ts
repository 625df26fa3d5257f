import { entry } from '../entry.ts'

/** Problems that show when ComfyUI loads its nodes on trial. */
export const nodeCheckProblems = {
  NODE_IMPORT_FAILED: entry<ImportDetails>({
    kind: 'environment',
    level: 'warning',
    what: ({ folder }) => `Cannot import the custom node ${folder}.`,
    why: (details) => `${saidOf(details)} ${withoutIt(details)}`,
    remedy: ({ log }) => `See what it printed: cat ${log}. It is imported on trial again once it changes.`,
  }),
  NODE_BREAKS_START: entry<ImportDetails>({
    kind: 'environment',
    level: 'warning',
    what: ({ folder }) => `Cannot start ComfyUI with the custom node ${folder}.`,
    why: (details) =>
      `${saidOf(details)} ${details.required ? withoutIt(details) : 'ComfyUI starts without it.'}`,
    remedy: ({ log }) => `See what it printed: cat ${log}. It is tried again once it changes.`,
  }),
  COMFYUI_FAILS_WITHOUT_NODES: entry<{ line: string; log: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot start ComfyUI on trial, not even without custom nodes.',
    why: ({ line }) => `${sentence(line)} No node is to blame, and none could be checked.`,
    remedy: ({ log }) => `See what it printed: cat ${log}`,
  }),
  NODE_CHECK_UNDECIDED: entry<{
    line: string
    newest: string | undefined
    /** Nodes that ComfyUI is started without all the same. */
    without?: string | undefined
    log: string
  }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot tell which custom node keeps ComfyUI from starting.',
    why: ({ line, newest, without }) => `${sentence(line)} ${suspected(newest, without)}`,
    remedy: ({ log }) =>
      `See what it printed: cat ${log}. To start without custom nodes: COMFY_ARGS=--disable-all-custom-nodes`,
  }),
  OVERLAY_BREAKS_COMFYUI: entry<{ line: string; packages: string | undefined; overlay: string; log: string }>(
    {
      kind: 'environment',
      level: 'warning',
      what: () => 'Cannot start ComfyUI with the Python packages of its custom nodes.',
      why: ({ line, packages }) =>
        `${sentence(line)} ${packages === undefined ? '' : `They hold what the image has too: ${packages}. `}ComfyUI is started without all of them, and without the nodes that need them.`,
      remedy: ({ overlay, log }) =>
        `See what it printed: cat ${log}. Find the node that brings such a package, and take it away: comfy-init nodes why PACKAGE; comfy-init nodes remove NODE. The packages lie in ${overlay}.`,
    },
  ),
  NODE_NAMED_LIKE_FLAG: entry<{ folders: string; path: string; example: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ folders }) => `Cannot load the custom nodes ${folders} while another one is left out.`,
    why: () => 'ComfyUI is then told by name what to load, and takes a name with a dash in front for a flag.',
    remedy: ({ path, example }) =>
      `Rename it: mv -- ${path}/${example} ${path}/${example.replace(/^-+/, '') || 'node'}`,
  }),
} as const

type ImportDetails = {
  readonly folder: string
  readonly line: string | undefined
  readonly log: string
  readonly wanted: boolean
  readonly required: boolean
}

function saidOf({ line }: ImportDetails): string {
  return line === undefined ? 'ComfyUI says no more.' : sentence(line)
}

function withoutIt({ wanted, required }: ImportDetails): string {
  if (required) return 'It is required, so ComfyUI is not started.'
  return wanted ? 'ComfyUI starts without it.' : 'ComfyUI goes on without it.'
}

function suspected(newest: string | undefined, without: string | undefined): string {
  if (without !== undefined) return `ComfyUI is started without ${without}.`
  const all = 'ComfyUI is started with all of them.'
  return newest === undefined ? all : `The one that changed last is ${newest}; ${all}`
}

function sentence(line: string): string {
  const whole = `${line.slice(0, 1).toUpperCase()}${line.slice(1)}`
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}
