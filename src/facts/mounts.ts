import type { Mount } from './facts.ts'

/** Mounts of /proc/self/mountinfo's text, in its order: of two at one point the later one is seen. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const mount = parseLine(line)
    return mount === undefined ? [] : [mount]
  })
}

/** The mount that a path without links lies on. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined
  for (const mount of mounts)
    if (holds(mount.point, path) && mount.point.length >= (best?.point.length ?? 0)) best = mount
  return best
}

/** Mount points strictly below a path, each once. */
export function mountsBelow(path: string, mounts: readonly Mount[]): readonly string[] {
  const points = mounts.map((each) => each.point).filter((point) => point !== path && holds(path, point))
  return [...new Set(points)]
}

function holds(folder: string, path: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

// id, parent, device, root, point, options, any number of optional fields, «-», filesystem, source, the superblock's options.
function parseLine(line: string): Mount | undefined {
  const dash = line.indexOf(' - ')
  if (dash < 0) return undefined
  const [, , , root, point, options] = line.slice(0, dash).split(' ')
  const [filesystem, source, superOptions] = line.slice(dash + 3).split(' ')
  if (root === undefined || point === undefined || filesystem === undefined) return undefined
  const flags = (options ?? '').split(',')
  return {
    point: unescaped(point),
    root: unescaped(root),
    filesystem,
    source: unescaped(source ?? ''),
    readOnly: flags.includes('ro') || (superOptions ?? '').split(',').includes('ro'),
    noExec: flags.includes('noexec'),
  }
}

// The kernel writes blank, tab, newline and backslash as three octal digits.
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
