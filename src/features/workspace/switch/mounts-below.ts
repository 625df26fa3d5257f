import { escapeName } from '../../../base/tree-path.ts'

/** Mount points below a folder as escaped paths relative to it; the folder itself is none of them. */
export function mountsBelow(folder: string, mounts: readonly string[]): readonly string[] {
  return mounts
    .filter((point) => point.startsWith(`${folder}/`))
    .map((point) => escapeName(Buffer.from(point.slice(folder.length + 1))))
}

/** Whether a path lies on one of the mounts (`on`), or is a folder above one (`above`). */
export function mountAt(points: readonly string[], path: string): 'on' | 'above' | undefined {
  if (points.some((point) => path === point || path.startsWith(`${point}/`))) return 'on'
  return points.some((point) => path === '' || point.startsWith(`${path}/`)) ? 'above' : undefined
}
