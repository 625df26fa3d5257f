import { IMAGE_NODES, type Layout, STATE_FOLDERS } from '../base/layout.ts'
import type { ImagePlace } from './image-place.ts'
import type { Sought } from './sought.ts'

/** Folders to look at, by what is looked for in them. */
export type Paths = {
  readonly nodes: readonly string[]
  readonly models: readonly string[]
  /** Those of which only the existence counts. */
  readonly folders: readonly string[]
}

/** All folders that may be in use, whichever way ComfyUI and its state are placed. */
export function pathsToLookAt(sought: Sought, layout: Layout, place: ImagePlace | undefined): Paths {
  const { workspace, home } = layout
  const inImage = place?.place === 'folder' ? [place.path] : []
  const bases = [home, workspace]
  return {
    nodes: unique([
      ...bases.map((base) => `${base}/custom_nodes`),
      ...given(sought.nodesFolder),
      IMAGE_NODES,
      ...inImage.map((base) => `${base}/custom_nodes`),
    ]),
    models: unique([...bases, ...inImage].map((base) => `${base}/models`)),
    folders: unique([
      ...bases.flatMap((base) => STATE_FOLDERS.map((name) => `${base}/${name}`)),
      ...[layout.own, layout.cacheFolder, layout.logs, layout.personHome],
      ...given(sought.inputFolder),
      ...given(sought.outputFolder),
      ...given(sought.nodesFolder),
      `${sought.shared}/input`,
      sought.cacheFolder ?? `${workspace}/.cache`,
    ]),
  }
}

function given(path: string | undefined): readonly string[] {
  return path === undefined ? [] : [path]
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)]
}
