import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOP } from './dockerfile.ts'

const SCRIPTS = join(TOP, 'docker/build')

type Env = Readonly<Record<string, string>>

/** Runs a script of docker/build with more environment, and gives what it said and its status. */
export function run(file: string, args: readonly string[], env: Env = {}, input = '') {
  const program = file.endsWith('.py') ? 'python3' : 'sh'
  const { stdout, stderr, status } = spawnSync(program, [join(SCRIPTS, file), ...args], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    input,
  })
  return { stdout, stderr, status }
}

/** Puts programs of a few lines of shell into a folder, and gives the PATH on which they come first. */
export function pathWith(folder: string, programs: Env): string {
  mkdirSync(`${folder}/bin`, { recursive: true })
  for (const [name, text] of Object.entries(programs))
    writeFileSync(`${folder}/bin/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  return `${folder}/bin:${process.env.PATH}`
}
