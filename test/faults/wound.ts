import { existsSync, lstatSync, readFileSync } from 'node:fs'

/** Where a kill is to be seen: the volume, and the container's own layer. */
export type Scene = { readonly volume: string; readonly upper: string }

/** What a kill left, in the order in which a boot goes through it. */
export type Wound =
  | 'before'
  | 'staging'
  | 'staged'
  | `switching: ${string}`
  | 'switched'
  | 'giving way'
  | 'in place'

/** In which state a kill left a volume and a container's layer; `version` is that of the coming ComfyUI. */
export function woundOf(scene: Scene, version: string): Wound {
  const { volume } = scene
  const trees = `${volume}/.comfy-init/trees`
  const phase = phaseIn(volume)
  if (phase !== undefined) return `switching: ${phase}`
  const isPlaced = versionIn(`${volume}/ComfyUI`) === version
  if (isPlaced) return placeOf(scene)
  if (existsSync(`${trees}/next/ComfyUI/.comfy-init.json`)) return 'staged'
  return existsSync(`${trees}/next`) ? 'staging' : 'before'
}

/** The phase that a switch under way is in. */
export function phaseIn(volume: string): string | undefined {
  return /"phase": "(\w+)"/.exec(textOf(`${volume}/.comfy-init/trees/switch.json`))?.[1]
}

/** What the image tree's place is in a container's own layer: untouched, partly removed, gone, or the link. */
export function imagePlaceIn(upper: string): 'whole' | 'part' | 'gone' | 'link' {
  const found = lstatSync(`${upper}/opt/ComfyUI`, { throwIfNoEntry: false })
  if (found === undefined) return 'whole'
  if (found.isSymbolicLink()) return 'link'
  // What was removed from a lower layer is a character device in the upper one.
  return found.isDirectory() ? 'part' : 'gone'
}

function placeOf({ upper }: Scene): Wound {
  switch (imagePlaceIn(upper)) {
    case 'whole':
      return 'switched'
    case 'part':
    case 'gone':
      return 'giving way'
    case 'link':
      return 'in place'
  }
}

function versionIn(home: string): string | undefined {
  return /"(.*)"/.exec(textOf(`${home}/comfyui_version.py`))?.[1]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
