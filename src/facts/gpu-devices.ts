import type { Fs } from '../host/fs.ts'
import { orAbsent } from './or-absent.ts'

/** Device nodes of GPUs, and the groups that may open them. */
export type GpuDevices = { readonly devices: readonly string[]; readonly groups: readonly number[] }

/** Looks for NVIDIA's device nodes; /dev/dxg is what Docker on Windows (WSL) gives instead. Groups also of /dev/dri. */
export async function lookGpuDevices(fs: Fs): Promise<GpuDevices> {
  const [names, renderers] = await Promise.all([orAbsent(fs.list('/dev')), orAbsent(fs.list('/dev/dri'))])
  const nodes = (names ?? []).filter((name) => name.startsWith('nvidia') || name === 'dxg')
  const paths = [...nodes, ...(renderers ?? []).map((name) => `dri/${name}`)].map((name) => `/dev/${name}`)
  const entries = await Promise.all(paths.map((path) => orAbsent(fs.follow(path))))
  const groups = entries.flatMap((entry) => (entry?.kind === 'other' ? [entry.gid] : []))
  return {
    devices: nodes.filter((name) => /^(nvidia\d+|dxg)$/.test(name)).map((name) => `/dev/${name}`),
    groups: [...new Set(groups)].filter((group) => group !== 0).sort((a, b) => a - b),
  }
}
