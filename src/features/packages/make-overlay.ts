import { OVERLAY_PATHS_FILE, overlayPaths } from '../../facts/overlay-paths.ts'
import { locatePython } from '../../facts/python-packages.ts'
import type { Workbench } from './workbench.ts'

/**
 * Makes an empty overlay: a venv by our own hands, whose Python finds its own packages first and the image's after them. No
 * program is run. It is made at its final place, since scripts that are installed into it name their Python by its path.
 * A crash leaves a folder without a record, which the next try removes.
 */
export async function makeOverlay(bench: Workbench, path: string): Promise<void> {
  const { host, packages, python } = bench
  const { fs } = host
  const version = packages.identity.python
  const place = await locatePython(fs, python.path)
  const program = (await fs.realPath(python.path)) ?? python.path
  const paths = overlayPaths(path, version)
  await Promise.all([fs.makeFolder(paths.bin), fs.makeFolder(paths.site)])
  // A person's own packages (~/.local) are found where the image's Python finds them.
  const systemToo = place.venv === undefined || place.venv.systemPackages
  const config = [
    `home = ${place.home}`,
    `include-system-site-packages = ${systemToo}`,
    `version = ${version}`,
  ]
  const put = (file: string, text: string, mode = 0o644) => fs.replace(file, Buffer.from(text), mode)
  const hasPip = packages.versions.has('pip')
  await Promise.all([
    put(paths.config, `${config.join('\n')}\n`),
    put(`${paths.site}/${OVERLAY_PATHS_FILE}`, pathsText(packages.sites)),
    fs.link(program, paths.python),
    ...['python3', `python${version}`].map((name) => fs.link('python', `${paths.bin}/${name}`)),
    fs.link('lib', `${path}/lib64`),
    ...(hasPip
      ? ['pip', 'pip3'].map((name) => put(`${paths.bin}/${name}`, pipScript(paths.python), 0o755))
      : []),
  ])
}

// Lines that begin with «import» are run by Python's site module, which then also reads the .pth files of those folders.
function pathsText(sites: readonly string[]): string {
  return sites.map((site) => `import site; site.addsitedir(${JSON.stringify(site)})\n`).join('')
}

/** Longest first line that every kernel reads whole, its end included. */
const MOST_BYTES = 127

// The image's own pip script would install into the image.
function pipScript(python: string): string {
  const line = `#!${python}\n`
  const isShort = Buffer.byteLength(line) <= MOST_BYTES && !/\s/.test(python)
  const head = isShort ? line : `#!/bin/sh\n'''exec' "${python}" "$0" "$@"\n' '''\n`
  return `${head}import sys\n\nfrom pip._internal.cli.main import main\n\nsys.exit(main())\n`
}
