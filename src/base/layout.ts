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

/** Which custom nodes an image wants. */
export const IMAGE_MANIFEST = '/etc/comfy-init/nodes.yaml'

/** Which ones exactly. */
export const IMAGE_LOCK = '/etc/comfy-init/nodes.lock.json'

/** Packages of the image that nothing may replace, as `name==version` lines. */
export const IMAGE_CONSTRAINTS = '/etc/comfy-init/constraints.txt'

/** Repositories, archives and wheels that an image brings along, so that a first boot needs no network; see `vendorIn`. */
export const IMAGE_VENDOR = '/opt/comfy-init/vendor'

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
  /** Folder for trees that are not in their place: being staged, retired, the previous one. See `treesIn`. */
  readonly trees: string
  /** What a person changed in ComfyUI's own files, kept from upgrades. */
  readonly changes: string
  readonly lockFile: string
  readonly settingsFile: string
  readonly reportFile: string
  readonly journalFile: string
  readonly modelPathsFile: string
  readonly cacheFolder: string
  readonly logs: string
  /** What is known of services that died, one file each. */
  readonly deaths: string
  /** Prompts that a stop left in ComfyUI's queue. */
  readonly queueFile: string
  /** Kept prompts that ComfyUI did not take again, or that were running when it stalled. */
  readonly refusedFile: string
  readonly personHome: string
  /** Which custom nodes this workspace wants. */
  readonly nodesManifest: string
  /** Which ones exactly. */
  readonly nodesLock: string
  /** What came of checking nodes out, and of importing them. */
  readonly checkoutsFile: string
  readonly importsFile: string
  /** What the manifests say, as read; made again when it is lost. */
  readonly manifestsFile: string
  /** There once ComfyUI-Manager was given our defaults: what a person took back later stays so. */
  readonly managerNote: string
  /** Archives on their way, each under the digest of its address. */
  readonly downloads: string
  /** What install scripts and the import check printed, one file each. */
  readonly nodeLogs: string
  /** Overlays of Python packages: `<key of the identity>/<digest of the set>`, see `overlaysIn`. */
  readonly packages: string
  /** Cache of uv and pip. */
  readonly packageCache: string
  /** What lay where something of ours must lie: nothing of it is removed. */
  readonly setAside: string
  readonly jupyterTokenFile: string
  /** Says which venv inside the tree was started from where it lies. */
  readonly venvProof: string
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
    trees: `${own}/trees`,
    changes: `${own}/changes`,
    lockFile: `${own}/lock`,
    settingsFile: `${own}/settings.yaml`,
    reportFile: `${own}/report.json`,
    journalFile: `${own}/journal.jsonl`,
    modelPathsFile: `${own}/extra-model-paths.yaml`,
    cacheFolder: `${own}/facts`,
    logs: `${own}/logs`,
    deaths: `${own}/deaths`,
    queueFile: `${own}/queue.json`,
    refusedFile: `${own}/queue-refused.json`,
    personHome: `${own}/home`,
    nodesManifest: `${own}/nodes.yaml`,
    nodesLock: `${own}/nodes.lock.json`,
    checkoutsFile: `${own}/nodes/checkouts.json`,
    importsFile: `${own}/nodes/imports.json`,
    manifestsFile: `${own}/facts/manifests.json`,
    managerNote: `${own}/nodes/manager-defaults`,
    downloads: `${own}/nodes/downloads`,
    nodeLogs: `${own}/nodes/logs`,
    packages: `${own}/packages`,
    packageCache: `${own}/packages/cache`,
    setAside: `${own}/set-aside`,
    jupyterTokenFile: `${own}/jupyter-token`,
    venvProof: `${own}/venv-proven.json`,
    session: `${own}/comfyui`,
  }
}

/** Name of the marker that lies inside an adopted tree and says which image it came from. */
export const MARKER = '.comfy-init.json'

/** Name of the list of all that came with an adopted tree; it lies inside the tree, beside the marker. */
export const MANIFEST = '.comfy-init.manifest'

/** Name of the folder for trees where our own folder is on another filesystem than the tree's place. */
export const TREES = '.comfy-init-trees'

/** A tree that is not in its place, with what belongs to it. */
export type Slot = {
  readonly folder: string
  readonly tree: string
  /** Copy of ComfyUI's database as that tree left it. */
  readonly database: string
  /** What another tree's file of the same name was replaced with; see `carry`. */
  readonly replaced: string
}

/** Where trees lie that are not in their place. */
export type TreePlaces = {
  readonly folder: string
  /** The tree that is being made, or brought back. */
  readonly next: Slot
  /** The tree that is leaving its place. */
  readonly retired: Slot
  /** The tree that ran before. */
  readonly previous: Slot
  /** Copy of the database for a switch that has not begun. */
  readonly prepared: string
  /** Which image is being staged, and since which start of the machine. */
  readonly note: string
  /** There while one tree takes another one's place. */
  readonly record: string
  /** What a person asked for at the next start. */
  readonly wish: string
  /** The image that is not taken unless somebody asks. */
  readonly declined: string
}

/** The paths of a folder for trees. */
export function treesIn(folder: string): TreePlaces {
  return {
    folder,
    next: slotOf(`${folder}/next`),
    retired: slotOf(`${folder}/retired`),
    previous: slotOf(`${folder}/previous`),
    prepared: `${folder}/prepared`,
    note: `${folder}/next/staging.json`,
    record: `${folder}/switch.json`,
    wish: `${folder}/wish.json`,
    declined: `${folder}/declined.json`,
  }
}

function slotOf(folder: string): Slot {
  return { folder, tree: `${folder}/ComfyUI`, database: `${folder}/database`, replaced: `${folder}/replaced` }
}

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
  /** The image tree is copied into the workspace in this boot: as its first ComfyUI, or instead of an older one. */
  readonly copies: boolean
  readonly layout: Layout
}
