import type { Runtime } from '../base/entry.ts'
import type { FileEntry, Space } from '../host/fs.ts'
import type { Abilities } from '../host/try-out.ts'
import type { Ids } from '../host/users.ts'
import type { BrokenLink } from './broken-links.ts'
import type { GpuFacts, PythonFacts } from './device-facts.ts'
import type { ModelsFolder, NodesFolder, Tier } from './folder-facts.ts'
import type { Foreign } from './foreign-layout.ts'
import type { NodeRecords, PackagesFacts } from './node-facts.ts'
import type { TreeChanges } from './tree-changes.ts'
import type { Marker, SwitchRecord, TreesFacts } from './tree-facts.ts'
import type { TreeVenv } from './venvs.ts'

/** All that was read from the machine, as one value. What is absent is undefined, never an error. */
export type Facts = {
  readonly runtime: Runtime
  readonly inContainer: boolean
  /** Of the processor: `x64`, `arm64`. */
  readonly arch: string
  readonly who: Who
  readonly mounts: readonly Mount[]
  readonly workspace: Workspace
  readonly image: ImageTree | undefined
  /** Where an image's ComfyUI should be there is only a link that leads nowhere: its tree was moved and is gone. */
  readonly lostImage: { readonly path: string; readonly linkTarget: string } | undefined
  /** The code of <workspace>/ComfyUI when that tree is ours: what ComfyUI runs from where it was moved. */
  readonly adopted: ComfySource | undefined
  readonly python: PythonFacts | undefined
  /** A Python that would have come first, but is not for the target identity (its venv leads into /root): the system's code. */
  readonly pythonRefused: { readonly path: string; readonly code: string } | undefined
  /** The Python's venv when it lies inside the workspace's tree. */
  readonly treeVenv: TreeVenv | undefined
  readonly gpu: GpuFacts
  /** Shared model folders, hot to cold, as asked for. */
  readonly tiers: readonly Tier[]
  /** custom_nodes folders that may be in use, and the folder of nodes the image brings. */
  readonly nodes: readonly NodesFolder[]
  /** What is asked for of custom nodes, and what became of it. */
  readonly nodeRecords: NodeRecords
  /** The overlay of Python packages, and what it lies on; undefined where it cannot be told what the Python has. */
  readonly packages: PackagesFacts | undefined
  /** models folders that may be in use. */
  readonly models: readonly ModelsFolder[]
  /** Absolute paths that are folders (links followed), of those a boot makes or needs: state folders of both bases, our own, those
   *  given for input, output, cache and nodes, and the shared tree's input. */
  readonly folders: ReadonlySet<string>
  /** Text of the generated extra-model-paths file. */
  readonly modelPathsText: string | undefined
  /** Where the image's tree lay before it was moved, when nothing (or an empty folder) is there: a boot was cut short. */
  readonly vacantHome: string | undefined
  /** What another image left in the workspace; only looked for where no tree is ours. */
  readonly foreign: Foreign | undefined
  /** Links where ComfyUI and its state lie that are wrong. */
  readonly brokenLinks: readonly BrokenLink[]
  /** The kept token of JupyterLab; `open-to-others` when group or others can read it. */
  readonly jupyterTokenFile: 'absent' | 'good' | 'open-to-others'
  readonly ports: readonly PortFact[]
  readonly limits: Limits
  /** When the first look of this start was taken; what was tried since is not tried again by it. */
  readonly sinceMs: number
  readonly nowMs: number
}

/** Who we are and who ComfyUI will run as. */
export type Who = {
  readonly us: Ids
  /** ComfyUI's identity; equal to `us` unless we are root and adapt. */
  readonly target: Ids
  /** Where the target came from. */
  readonly source: 'settings' | 'workspace-owner' | 'default' | 'as-started' | 'already-dropped'
  /** CAP_SETUID and CAP_SETGID are both effective. */
  readonly canChange: boolean
  /** Lines of /proc/self/uid_map; one line 0 0 4294967295 without a user namespace. */
  readonly uidMap: readonly { readonly inside: number; readonly outside: number; readonly count: number }[]
  /** The target's line in /etc/passwd, if it has one. */
  readonly passwd: { readonly name: string; readonly home: string } | undefined
  /** The home of that line exists and takes files of the target. */
  readonly homeIsUsable: boolean
}

/** One line of /proc/self/mountinfo. */
export type Mount = {
  readonly point: string
  readonly root: string
  readonly filesystem: string
  readonly source: string
  readonly readOnly: boolean
  readonly noExec: boolean
}

/** The workspace as a place, and what lies in it. */
export type Workspace = {
  readonly path: string
  /** The path as asked for leads through links: to wherever whoever made them wanted. */
  readonly isLinked: boolean
  /** The mount it lies on. */
  readonly mount: Mount | undefined
  /** It is a mount point itself. */
  readonly isMount: boolean
  /** Mount points strictly below it. */
  readonly mountsInside: readonly string[]
  /** Those of them that are bare and root's own, as fresh volumes are: whoever ComfyUI runs as cannot write there. */
  readonly bareMounts: readonly string[]
  readonly entry: FileEntry | undefined
  /** Root's, and nothing is in it but mount points, empty folders and lost+found. */
  readonly isBare: boolean
  /** What the target identity can do there; undefined when the folder is absent. */
  readonly abilities: Abilities | undefined
  /** Where that was tried: the folder itself, or our own folder in it once nothing else will be made in the workspace. */
  readonly triedIn: string | undefined
  /** The target identity can use the folder, or make it where it is absent. */
  readonly canMake: boolean
  /** Room where trees are staged: in the folder, the nearest above it that exists, or the mount at the tree’s own place. */
  readonly space: Space | undefined
  readonly tree: WorkspaceTree
  readonly trees: TreesFacts
  /** Whose the files of our tree are; only looked for while another image's ComfyUI could take its place. `unknown` when
   *  nobody listed what it came with. */
  readonly changes: TreeChanges | 'unknown' | undefined
}

/**
 * What <workspace>/ComfyUI is: nothing, half of ours, ours, in the middle of a switch,
 * in the middle of one of which nobody knows how far it is, or somebody else's. An empty one may
 * hold mount points, or be one itself (`mounted`): a rename cannot replace those.
 */
export type WorkspaceTree =
  | { readonly state: 'absent' }
  | { readonly state: 'empty'; readonly mounted?: readonly string[] }
  | { readonly state: 'torn' }
  | { readonly state: 'ours'; readonly marker: Marker; readonly isLinked: boolean }
  | { readonly state: 'switching'; readonly record: SwitchRecord }
  | { readonly state: 'unclear'; readonly record: string }
  | { readonly state: 'foreign'; readonly found: readonly string[] }

/** What a ComfyUI tree says about itself in its own files. */
export type ComfySource = {
  readonly version: string | undefined
  readonly commit: string | undefined
  /** Digest of its requirements.txt. */
  readonly requirements: string | undefined
  /** Digest of its manager_requirements.txt: what it needs for the ComfyUI-Manager that is part of it. */
  readonly managerRequirements?: string | undefined
  /** Short text that differs between images: version, commit and requirements. */
  readonly identity: string
  /** `--flags` that it knows; empty when they could not be read. */
  readonly flags: ReadonlySet<string>
  /** Model categories of its folder_paths.py, in its order; empty when they could not be read. */
  readonly categories: readonly Category[]
}

/** The ComfyUI built into the image. */
export type ImageTree = ComfySource & {
  readonly path: string
  /** A folder, or a link to where it was moved. */
  readonly place: 'folder' | 'link'
  readonly linkTarget: string | undefined
  /** The folder above it takes new entries from us (as root where we are root), and it is no mount point itself. */
  readonly replaceable: boolean
  readonly whyNotReplaceable: string | undefined
  /** What a copy needs; entries of every kind; only counted while the tree may be copied, and if all of it may be read. */
  readonly size: { readonly bytes: number; readonly files: number } | undefined
  /** The target identity can make files in the tree itself. */
  readonly writable: boolean
}

/** A model category and the folder names below models/ that ComfyUI reads for it. */
export type Category = { readonly name: string; readonly folders: readonly string[] }

/** A port we are going to use. */
export type PortFact = {
  readonly use: 'comfyui' | 'jupyter' | 'http'
  readonly setting: string
  readonly address: string
  readonly port: number
  readonly free: boolean
  /** Of one that is not free, the system's code for why: EADDRINUSE, EADDRNOTAVAIL, ENOTFOUND, EACCES… */
  readonly fault?: string
}

/** Limits of the container. Bytes; undefined when unlimited or unknown. */
export type Limits = {
  readonly memoryBytes: number | undefined
  readonly shmBytes: number | undefined
  /** The clock is before this program was built: certificates will fail. */
  readonly clockIsWrong: boolean
}
