import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeNode } from '../../scripts/sandbox/fill.ts'
import { enlargeTree, markBirth, type World } from './story.ts'
import { tempFolder } from './temp-folder.ts'

const STAND_IN = join(import.meta.dirname, 'comfyui')

/** Versions of the stand-in. The later one lacks a file, has another, and takes the database where the earlier cannot read it. */
export type StandInVersion = '0.33.0' | '0.34.0'

/** How an image of the stand-in is made; a large one has some hundred files more, so that copying it lasts a while. */
export type ImageSpec = {
  readonly version: StandInVersion
  readonly large?: boolean
  /** Modification time of all that is in it; each version has its own otherwise. */
  readonly time?: string
}

const TIMES: Readonly<Record<StandInVersion, string>> = {
  '0.33.0': '2026-01-15T00:00:00.25Z',
  '0.34.0': '2026-03-15T00:00:00.75Z',
}

/** A folder with the stand-in as an image has it: a git checkout, its times in the past, with a node of its own. */
export async function makeImage({ version, large = false, time }: ImageSpec): Promise<string> {
  const home = `${await tempFolder()}/ComfyUI`
  cpSync(STAND_IN, home, { recursive: true })
  rmSync(`${home}/__pycache__`, { recursive: true, force: true })
  writeVersion(home, version)
  if (large) enlarge(home, version)
  commitAll(home, version)
  writeNode(`${home}/custom_nodes/stripes`, 'Stripes')
  age(home, time ?? TIMES[version])
  return home
}

/** Puts an image's tree into a world, instead of the one that it came with. */
export function giveImage({ box }: World, image: string): void {
  rmSync(`${box.layer}/opt/ComfyUI`, { recursive: true, force: true })
  execFileSync('cp', ['-a', image, `${box.layer}/opt/ComfyUI`])
  markBirth(box)
}

function writeVersion(home: string, version: StandInVersion): void {
  if (version === '0.33.0') {
    writeFileSync(`${home}/comfy/old.py`, 'number = 33\n')
    return
  }
  writeFileSync(`${home}/comfyui_version.py`, `__version__ = "${version}"\n`)
  writeFileSync(`${home}/comfy/new.py`, 'number = 34\n')
  appendFileSync(`${home}/nodes.py`, '\n# Of version 0.34.0.\n')
  appendFileSync(`${home}/requirements.txt`, 'comfy-later==1.0\n')
  const database = `${home}/app/database.py`
  const text = readFileSync(database, 'utf8')
  const later = text.replace('"0006_add_loader_path")', '"0006_add_loader_path", "0007_one_way")')
  if (later === text) throw new Error(`Cannot find the revisions in ${database}.`)
  writeFileSync(database, later)
}

function enlarge(home: string, version: StandInVersion): void {
  enlargeTree(home)
  // Of the same size in both.
  for (let n = 0; n < 20; n++) writeFileSync(`${home}/more/part-${n}/version.py`, `version = "${version}"\n`)
  if (version === '0.33.0') return
  for (const name of ['part-1', 'large-1.bin']) rmSync(`${home}/more/${name}`, { recursive: true })
  for (const n of [0, 20, 40]) appendFileSync(`${home}/more/part-0/${n}.py`, `later = ${n}\n`)
  mkdirSync(`${home}/more/part-new`)
  for (let n = 0; n < 20; n++) writeFileSync(`${home}/more/part-new/${n}.py`, `number = ${n}\n`)
}

function commitAll(home: string, version: StandInVersion): void {
  const who = ['-c', 'user.name=builder', '-c', 'user.email=builder@example.org', '-c', 'gc.auto=0']
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', home, ...who, ...args])
  git('init', '--quiet', '--initial-branch=master', '--template=')
  git('add', '--all')
  git('commit', '--quiet', '--message', `Version ${version}`)
}

function age(home: string, time: string): void {
  execFileSync('find', [home, '-exec', 'touch', '--no-dereference', `--date=${time}`, '{}', '+'])
}
