import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What every copied file is dated, so that a time that was not kept is seen. */
export const OLD = new Date(Date.UTC(2026, 0, 15))

/** A real venv at a path, without pip, made by this machine's Python. */
export function makeVenv(venv: string, ...options: readonly string[]): void {
  execFileSync('/usr/bin/python3', ['-m', 'venv', '--without-pip', ...options, venv])
}

/** The site-packages folder of a venv of this machine's Python. */
export function sitePackages(venv: string): string {
  const version = execFileSync('/usr/bin/python3', [
    '-c',
    'import sys; print("%d.%d" % sys.version_info[:2])',
  ])
  return `${venv}/lib/python${String(version).trim()}/site-packages`
}

/** Fills a venv inside a tree with what pip, uv and setuptools leave in one: scripts, editable installs, links. */
export function fillVenv(tree: string, venv: string): void {
  const site = sitePackages(venv)
  const python = `${venv}/bin/python`
  const where = '"""where am I"""\nimport sys\nprint(sys.prefix)\n'
  program(`${venv}/bin/where`, `#!${python}\n${where}`)
  program(`${venv}/bin/where-long`, `#!/bin/sh\n'''exec' ${python} "$0" "$@"\n' '''\n${where}`)
  file(`${tree}/nodes/mine/mine.py`, 'place = __file__\n')
  file(`${site}/__editable__.mine-1.pth`, `${tree}/nodes/mine\n`)
  file(`${tree}/nodes/found/found.py`, 'place = __file__\n')
  file(`${site}/__editable___found_finder.py`, `MAPPING = {'found': '${tree}/nodes/found'}\n`)
  const url = `{"dir_info": {"editable": true}, "url": "file://${tree}/nodes/mine"}`
  file(`${site}/mine-1.dist-info/direct_url.json`, url)
  file(
    `${venv}/share/jupyter/kernels/python3/kernel.json`,
    `{"argv": ["${python}", "-m", "ipykernel_launcher"]}`,
  )
  file(`${tree}/nodes/mine/data/words.txt`, 'hello\n')
  symlinkSync(`${tree}/nodes/mine/data`, `${site}/data`)
  file(`${site}/package/notes.txt`, `${tree}/nodes\n`)
  program(`${tree}/nodes/tool`, `#!${python}\n${where}`)
  symlinkSync(`${tree}/nodes/tool`, `${tree}/nodes/tool-link`)
}

function file(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  utimesSync(path, OLD, OLD)
}

function program(path: string, text: string): void {
  file(path, text)
  chmodSync(path, 0o755)
  utimesSync(path, OLD, OLD)
}
