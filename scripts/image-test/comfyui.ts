import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gitIn } from '../../test/support/git-repository.ts'
import { gitServer } from '../../test/support/git-server.ts'
import { lastLine, runProgram } from './said.ts'

/** One version of ComfyUI as a build gets it. */
export type Version = { readonly ref: string; readonly commit: string }

/** Two versions of ComfyUI in a repository that is served on the loopback. */
export type ComfySource = {
  readonly url: string
  readonly current: Version
  readonly newer: Version
  readonly standIn: boolean
  /** Where it came from, for people. */
  readonly from: string
  readonly close: () => Promise<void>
}

const STAND_IN = join(import.meta.dirname, '../../test/support/comfyui')

/** Serves the folder or repository that was asked for, the latter at `ref`; else the stand-in of the tests. */
export async function serveComfyUi(asked: string | undefined, ref: string | undefined): Promise<ComfySource> {
  const folder = mkdtempSync(join(tmpdir(), 'comfy-init-source-'))
  const tree = `${folder}/ComfyUI`
  const from = asked ?? STAND_IN
  await take(from, ref, tree)
  const standIn = readFileSync(`${tree}/main.py`, 'utf8').includes('STANDIN_')
  if (standIn) needLittle(tree)
  rmSync(`${tree}/.git`, { recursive: true, force: true })
  gitIn(folder, 'init', '--quiet', '--initial-branch=master', '--template=', tree)
  const version = versionOf(tree)
  const current = commit(tree, `v${version}`)
  const newer = commit(tree, `v${beNewer(tree, version)}`)
  mkdirSync(`${folder}/served`)
  gitIn(folder, 'clone', '--quiet', '--bare', '--template=', tree, `${folder}/served/ComfyUI.git`)
  gitIn(`${folder}/served/ComfyUI.git`, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
  const server = await gitServer(`${folder}/served`)
  const close = async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: `${server.url}/ComfyUI.git`, current, newer, standIn, from, close }
}

async function take(from: string, ref: string | undefined, tree: string): Promise<void> {
  const isFolder = existsSync(`${from}/main.py`)
  const branch = ref === undefined ? [] : ['--branch', ref]
  const clone = ['clone', '--quiet', '--depth', '1', ...branch, from, tree]
  const env = { GIT_TERMINAL_PROMPT: '0' }
  const said = isFolder ? await runProgram('cp', ['-a', from, tree]) : await runProgram('git', clone, { env })
  if (said.code !== 0) throw new Error(`Cannot get ComfyUI from ${from}. ${lastLine(said)}`)
}

// It imports nothing but Python’s own library; one small package shows that requirements are installed.
function needLittle(tree: string): void {
  rmSync(`${tree}/__pycache__`, { recursive: true, force: true })
  writeFileSync(`${tree}/requirements.txt`, 'packaging>=24\n')
  writeFileSync(`${tree}/manager_requirements.txt`, '')
}

function versionOf(tree: string): string {
  return /__version__ = "([^"]+)"/.exec(readFileSync(`${tree}/comfyui_version.py`, 'utf8'))?.[1] ?? '0.0.0'
}

// The next version differs by a file and by its number.
function beNewer(tree: string, version: string): string {
  const newer = version.replace(/^(\d+)\.(\d+)\..*$/, (_, major, minor) => `${major}.${Number(minor) + 1}.0`)
  writeFileSync(`${tree}/comfyui_version.py`, `__version__ = "${newer}"\n`)
  writeFileSync(`${tree}/comfy/of_the_newer_version.py`, `version = "${newer}"\n`)
  return newer
}

function commit(tree: string, ref: string): Version {
  gitIn(tree, 'add', '--all', '--force')
  gitIn(tree, 'commit', '--quiet', '--message', ref)
  gitIn(tree, 'tag', ref)
  return { ref, commit: gitIn(tree, 'rev-parse', 'HEAD') }
}
