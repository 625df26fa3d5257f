import type { Layout, TreePlaces } from '../../base/layout.ts'
import type { Host } from '../../host/host.ts'

/** Folders that hold what a person had changed in ComfyUI’s own code, one for each switch that found something; oldest first. */
export async function listChanges({ fs }: Host, { changes }: Layout): Promise<readonly string[]> {
  const names = (await fs.list(changes).catch(() => undefined)) ?? []
  return names.map((name) => `${changes}/${name}`)
}

/** Trees that were put aside, since they may hold what is nowhere else; only a person removes them. */
export async function listKeptTrees({ fs }: Host, { folder }: TreePlaces): Promise<readonly string[]> {
  const names = (await fs.list(folder).catch(() => undefined)) ?? []
  return names.filter((name) => /^kept-\d+$|-left-\d+$/.test(name)).map((name) => `${folder}/${name}`)
}
