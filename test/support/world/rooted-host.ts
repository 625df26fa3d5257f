import { join } from 'node:path'
import type { Fs } from '../../../src/host/fs.ts'
import { type Host, realHost } from '../../../src/host/host.ts'

const real = realHost()

/** A real host whose absolute paths lie below a folder, with the environment given and nothing of this machine's own. */
export function rootedHost(root: string, overrides: Partial<Host> = {}): Host {
  return {
    ...real,
    fs: rootedFs(root),
    exec: {
      ...real.exec,
      run: (command) => real.exec.run({ ...command, file: inside(root, command.file) }),
    },
    env: {},
    self: { ...real.self, pid: 4242 },
    ...overrides,
  }
}

function rootedFs(root: string): Fs {
  const { fs } = real
  const at = (path: string) => inside(root, path)
  // Paths come first; what else is a text (a link's target, a file's text) stays as it is.
  const moved = Object.entries(fs).map(([name, method]) => [
    name,
    (path: string, ...rest: readonly unknown[]) => Reflect.apply(method, fs, [at(path), ...rest]),
  ])
  return {
    ...(Object.fromEntries(moved) as Fs),
    realPath: async (path) => (await fs.realPath(at(path)))?.slice(root.length),
    link: (target, path) => fs.link(target, at(path)),
    rename: (from, to, options) => fs.rename(at(String(from)), at(String(to)), options),
    copyTree: (from, to, options) => fs.copyTree(at(from), at(to), options),
  }
}

function inside(root: string, path: string): string {
  return path.startsWith('/') ? join(root, path) : path
}
