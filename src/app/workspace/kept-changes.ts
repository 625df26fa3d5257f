import type { Layout } from '../../base/layout.ts'
import type { Host } from '../../host/host.ts'

/** Folders that hold what a person had changed in ComfyUI’s own code, one for each switch that found something; oldest first. */
export async function listChanges({ fs }: Host, { changes }: Layout): Promise<readonly string[]> {
  const names = (await fs.list(changes).catch(() => undefined)) ?? []
  return names.map((name) => `${changes}/${name}`)
}
