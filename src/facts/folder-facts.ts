/** One shared model folder (read-only tier). */
export type Tier = {
  readonly path: string
  readonly exists: boolean
  /** Mounted read-only. When it is not, we still never write. */
  readonly readOnly: boolean
  /** Names of its folders, also of links to folders. */
  readonly folders: readonly string[]
  /** Why the target identity may not list it (`EACCES`); absent when it may. */
  readonly unreadable?: string
}

/** A custom_nodes folder, or the image's folder of nodes; folders only, with the target of those that are links. */
export type NodesFolder = {
  readonly path: string
  readonly exists: boolean
  readonly nodes: readonly NodeFolder[]
  /** Nodes that ComfyUI-Manager switched off: names in its `.disabled` folder without @version, and of `<name>.disabled`. */
  readonly disabled: readonly string[]
}

/** One node's folder. */
export type NodeFolder = {
  readonly name: string
  readonly linkTarget: string | undefined
  /** Absent where its files cannot be looked at. */
  readonly stamps?: NodeStamps
}

/** Time and size of a node's telling files as one short text each: another text means that the file was changed. */
export type NodeStamps = {
  /** requirements.txt */
  readonly requirements: string | undefined
  /** install.py */
  readonly install: string | undefined
  /** __init__.py and pyproject.toml */
  readonly code: string
}

/** A models folder and its entries. */
export type ModelsFolder = {
  readonly path: string
  readonly exists: boolean
  /** The path with every link resolved, when it exists. */
  readonly real: string | undefined
  readonly entries: readonly ModelsEntry[]
}

/** One entry of a models folder; `empty` for a folder with nothing in it but `put_*_here` markers. */
export type ModelsEntry = {
  readonly name: string
  readonly kind: 'folder' | 'link' | 'other'
  readonly linkTarget: string | undefined
  readonly empty: boolean
}
