import { commit, version } from '../base/version.ts'
import type { Host } from '../host/host.ts'
import { json } from './print.ts'

/** `comfy-init version`: of the program, its commit, and the Node inside it. */
export function showVersion(host: Host, { json: asJson }: { readonly json: boolean }): number {
  const { arch } = host.self
  const node = process.version
  host.out.stdout(
    asJson
      ? json({ version, commit, node, arch })
      : `comfy-init ${version} (${commit}, Node ${node}, ${arch})\n`,
  )
  return 0
}
