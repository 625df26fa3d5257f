/** Every path name the program makes or looks for, in one place. */

/** Where an image's ComfyUI lies when COMFY_HOME is not set. */
export const IMAGE_HOMES = ['/opt/ComfyUI', '/ComfyUI'] as const

/** Workspace of the /shared + /instance layout: state lies in it directly, ComfyUI stays in the image. */
export const INSTANCE = '/instance'

/** Places that are the workspace when one of them is a mount; the first is the default otherwise. */
export const WORKSPACES = ['/workspace', INSTANCE, '/comfy/mnt'] as const

/** Folder for what an image's settings, nodes and constraints need. */
export const IMAGE_SETTINGS_FILE = '/etc/comfy-init.yaml'

/** Nodes an image brings along, one folder each. */
export const IMAGE_NODES = '/opt/comfy-init/nodes'

/** Shared tree of the /shared + /instance layout. */
export const SHARED = '/shared'

/** Folders that hold an instance's state and must be there; temp is not among them: ComfyUI makes and removes it itself. */
export const STATE_FOLDERS = ['custom_nodes', 'models', 'user', 'input', 'output'] as const

/** All of ours inside a workspace. */
export type Layout = {
  readonly workspace: string
  /** The adopted ComfyUI tree. */
  readonly home: string
  /** Folder for everything that is ours. */
  readonly own: string
  readonly staging: string
  readonly settingsFile: string
  readonly reportFile: string
  readonly journalFile: string
  readonly modelPathsFile: string
  readonly cacheFolder: string
  readonly logs: string
  readonly personHome: string
  readonly jupyterTokenFile: string
  /** Prefix of Manager's restart marker: it writes `<prefix>.reboot`. */
  readonly session: string
}

/** The paths of one workspace. */
export function layoutOf(workspace: string): Layout {
  const own = `${workspace}/.comfy-init`
  return {
    workspace,
    home: `${workspace}/ComfyUI`,
    own,
    staging: `${own}/staging`,
    settingsFile: `${own}/settings.yaml`,
    reportFile: `${own}/report.json`,
    journalFile: `${own}/journal.jsonl`,
    modelPathsFile: `${own}/extra-model-paths.yaml`,
    cacheFolder: `${own}/facts`,
    logs: `${own}/logs`,
    personHome: `${own}/home`,
    jupyterTokenFile: `${own}/jupyter-token`,
    session: `${own}/comfyui`,
  }
}

/** Name of the marker that lies inside an adopted tree and says which image it came from. */
export const MARKER = '.comfy-init.json'

/** What main.py of an image tree is called while that tree is removed, so that a part of it never counts as an image. */
export const LEAVING = '.comfy-init-leaving'

/** Folders in which the runtime folder is made, in order. */
const RUNTIME_PARENTS = ['/run', '/dev/shm', '/tmp', '/var/tmp'] as const

/** Folders that an instance's control socket may lie in, in the order in which a start tries them. */
export function runtimeFolders(wanted: string | undefined, instance: string): readonly string[] {
  return wanted === undefined ? RUNTIME_PARENTS.map((parent) => `${parent}/comfy-init-${instance}`) : [wanted]
}

/** Name of the control socket in a runtime folder. */
export const CONTROL_SOCKET = 'control.sock'

/** Where ComfyUI's code and state lie for this boot. */
export type Places = {
  /** move: the tree is in the workspace; link: it stays in the image and only its state is in the workspace. */
  readonly mode: 'move' | 'link'
  /** Why this mode, in words. */
  readonly reason: string
  /** Folder that holds main.py when ComfyUI starts. */
  readonly code: string
  /** Folder that holds custom_nodes, models, user, input, output, temp. */
  readonly base: string
  readonly customNodes: string
  readonly models: string
  readonly layout: Layout
}
