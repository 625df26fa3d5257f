import type { Code } from './problem.ts'

/** Where a custom node comes from, as it was asked for. */
export type NodeSource =
  | { readonly kind: 'git'; readonly url: string; readonly ref: string | undefined }
  | { readonly kind: 'registry'; readonly id: string; readonly version: string | undefined }
  | { readonly kind: 'zip'; readonly url: string; readonly sha256: string }
  | { readonly kind: 'path'; readonly path: string }

/** What a machine must be like for a node to be wanted on it; all of a node's conditions must hold. */
export type NodeCondition = 'gpu' | 'cpu' | 'amd64' | 'arm64'

/** One node as it was asked for, after all manifests and COMFY_NODES were put together. */
export type WantedNode = {
  /** Name of its folder in custom_nodes; in lower case no two wanted nodes share one. */
  readonly folder: string
  readonly source: NodeSource
  readonly enabled: boolean
  /** ComfyUI is not started without it. */
  readonly required: boolean
  readonly onlyIf: readonly NodeCondition[]
  /** Variables for its install script. */
  readonly env: Readonly<Record<string, string>>
  /** Requirement lines that stand in for its own requirements.txt. */
  readonly requirements: readonly string[] | undefined
  /** Where it was written, for a person to find: `COMFY_NODES`, `/etc/comfy-init/nodes.yaml`. */
  readonly from: string
}

/** One node exactly: what a lock restores. Digests are SHA-256 in lower-case hex. */
export type LockedNode = {
  readonly folder: string
  readonly source: NodeSource
  /** Of a git source: all 40 (or 64) digits. */
  readonly commit?: string
  /** Of a registry source. */
  readonly version?: string
  /** What was unpacked: of registry and zip sources. */
  readonly archive?: { readonly url: string; readonly sha256: string }
  /** Digest of the checkout’s files, see `treeDigest`; absent for a path, which is linked. */
  readonly tree?: string
}

/** One Python package of an overlay, and the folders of the nodes that led to it; none for one that a person added by hand. */
export type PackagePin = { readonly name: string; readonly version: string; readonly for: readonly string[] }

/** What packages were resolved for: they fit no other Python, torch, CUDA or image. */
export type Identity = {
  /** `3.12` */
  readonly python: string
  /** `x64`, `arm64` */
  readonly arch: string
  /** `2.8.0+cu128`; undefined where there is no torch. */
  readonly torch: string | undefined
  /** `12.8`; undefined for a CPU build. */
  readonly cuda: string | undefined
  /** Digest of the image’s own packages and constraints, first 16 digits. */
  readonly image: string
}

/** The file nodes.lock.json. */
export type NodesLock = {
  readonly version: 1
  /** Which ComfyUI the lock was made with; noted, not restored. */
  readonly comfyui: { readonly version?: string; readonly commit?: string } | undefined
  readonly identity: Identity | undefined
  readonly nodes: readonly LockedNode[]
  readonly packages: readonly PackagePin[]
}

/** Why something about a node did not work out, as it is kept in files: the problem it stands for. */
export type NodeFailure = {
  readonly code: Code
  readonly details: Readonly<Record<string, unknown>>
  /** The next boot tries again by itself: the network, a full disk. Anything else waits for a change. */
  readonly temporary: boolean
}

/** What came of checking one node out; kept in `checkouts.json`. */
export type Checkout = {
  readonly folder: string
  /** `requestOf` the wanted node that it was made for: another one is a reason to look again. */
  readonly request: string
  /** What lies in custom_nodes since; undefined when it was never got. */
  readonly locked: LockedNode | undefined
  readonly failure: NodeFailure | undefined
  readonly atMs: number
  readonly ms: number
}

/** A package that a person had added by hand and that a new overlay lacks. */
export type LeftBehind = {
  readonly name: string
  readonly version: string
  /** In a few words that go on from its name: `is not on the index`. */
  readonly reason: string
  /** A node brings another version of it. */
  readonly isReplaced: boolean
  /** The next start tries again by itself. */
  readonly temporary: boolean
}

/** What an overlay says about itself, in a file that is written when it is complete. */
export type OverlayRecord = {
  readonly version: 1
  readonly identity: Identity
  /** `packagesAsked` of what it was made for: the same means nothing is to be done. */
  readonly asked: string
  readonly packages: readonly PackagePin[]
  /** By node folder. */
  readonly nodes: Readonly<Record<string, NodePackages>>
  readonly leftBehind?: readonly LeftBehind[]
  /** Files of its packages were found to be missing: it is none, but for what was added to it by hand. */
  readonly damaged?: true
  readonly atMs: number
  readonly ms: number
}

/** What came of one node’s packages and install script. */
export type NodePackages = {
  /** `name==version` of what the overlay has for its sake. */
  readonly added: readonly string[]
  readonly failure: NodeFailure | undefined
  /** Its install script, where it has one: the last line it printed, and milliseconds. */
  readonly script:
    | { readonly result: 'done' | 'failed'; readonly line: string; readonly ms: number }
    | undefined
}

/** What came of importing one node with ComfyUI's own loader. */
export type NodeImport = {
  /** `breaks-start`: with it ComfyUI does not come to its end. */
  readonly result: 'ok' | 'failed' | 'breaks-start' | 'not-loaded'
  /** Last line of the traceback. */
  readonly line: string | undefined
  /** Seconds that ComfyUI took to import it, as it prints them. */
  readonly seconds: number | undefined
}

/** Kept in `imports.json`. */
export type ImportRecord = {
  readonly version: 1
  /** `importsAsked` of what was imported: the same means nothing is to be done. */
  readonly asked: string
  readonly nodes: Readonly<Record<string, NodeImport>>
  /** Why the check as a whole came to nothing; absent when it did not. */
  readonly failure?: NodeFailure
  readonly atMs: number
  readonly ms: number
}

/** One node whose packages are to be installed, with its folder as it lies there. */
export type PackageSource = {
  readonly folder: string
  /** Absolute path of its folder. */
  readonly path: string
  /** Files of requirement lines. */
  readonly requirementFiles: readonly string[]
  /** Lines that stand in for those files. */
  readonly requirements: readonly string[] | undefined
  /** Its install script, where it has one. */
  readonly script: string | undefined
  readonly env: Readonly<Record<string, string>>
  readonly required: boolean
  /** Another text means that one of the files was changed. */
  readonly stamp: string
}
