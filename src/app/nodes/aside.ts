import type { Fs } from '../../host/fs.ts'

/** Folder in custom_nodes for nodes that are switched off, as ComfyUI-Manager has it; ComfyUI does not look there. */
const ASIDE = '.disabled'

/**
 * Moves a node out of ComfyUI’s sight, into `custom_nodes/.disabled`, with all that is in it; a link moves as it is. Resolves
 * with where it lies since; undefined where there is no such node. A crash leaves it in one place or the other.
 */
export async function putAside(fs: Fs, customNodes: string, folder: string): Promise<string | undefined> {
  const name = matching((await fs.list(customNodes)) ?? [], folder)[0]
  if (name === undefined) return undefined
  const aside = `${customNodes}/${ASIDE}`
  await fs.makeFolder(aside)
  const taken = new Set(((await fs.list(aside)) ?? []).map((each) => each.toLowerCase()))
  let free = name
  for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${name}@${count}`
  await fs.rename(`${customNodes}/${name}`, `${aside}/${free}`)
  return `${aside}/${free}`
}

/**
 * Moves a node that was switched off back to where ComfyUI finds it. Resolves with where it lay; undefined where none was
 * switched off, or another one lies in its place. A crash leaves it in one place or the other.
 */
export async function bringBack(fs: Fs, customNodes: string, folder: string): Promise<string | undefined> {
  const here = (await fs.list(customNodes)) ?? []
  if (matching(here, folder).length > 0) return undefined
  const aside = (await fs.list(`${customNodes}/${ASIDE}`)) ?? []
  const [moved] = [
    ...matching(aside, folder),
    ...aside.filter((name) => name.toLowerCase().startsWith(`${folder.toLowerCase()}@`)),
  ]
  const [renamed] = matching(here, `${folder}.disabled`)
  const from = moved === undefined ? renamed : `${ASIDE}/${moved}`
  if (from === undefined) return undefined
  await fs.rename(`${customNodes}/${from}`, `${customNodes}/${folder}`)
  return `${customNodes}/${from}`
}

function matching(names: readonly string[], folder: string): readonly string[] {
  return names.filter((name) => name.toLowerCase() === folder.toLowerCase())
}
