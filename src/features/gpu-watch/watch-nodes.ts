import type { Fs } from '../../host/fs.ts'

/** The device nodes of NVIDIA's cards and driver that are there now. */
export async function nodesNow(fs: Fs): Promise<readonly string[]> {
  const names = (await fs.list('/dev').catch(() => undefined)) ?? []
  const paths = names.filter((name) => name.startsWith('nvidia')).map((name) => `/dev/${name}`)
  const entries = await Promise.all(paths.map((path) => fs.follow(path).catch(() => undefined)))
  return paths.filter((_, at) => entries[at]?.kind === 'other')
}

/** Those of some device nodes that are there no more; what cannot be looked at is taken to be there. */
export async function nodesGone(fs: Fs, nodes: readonly string[]): Promise<readonly string[]> {
  const entries = await Promise.all(nodes.map((path) => fs.follow(path).catch(() => 'unknown' as const)))
  return nodes.filter((_, at) => entries[at] === undefined)
}
