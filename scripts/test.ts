import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fetchPythonTools } from './python-tools.ts'

/**
 * `npm test`: unit tests and rules, then the stories of the built binary, what it is as an init, and its page in a browser.
 * Stories build containers out of namespaces and need root; without it they are left out, and that is said.
 */

const TOP = join(import.meta.dirname, '..')

fetchPythonTools()
const canTellStories = process.getuid?.() === 0
const projects = canTellStories ? ['unit', 'boot', 'init', 'page'] : ['unit']
if (canTellStories)
  execFileSync(process.execPath, [join(TOP, 'scripts/binary.ts'), process.arch], { stdio: 'inherit' })
const vitest = join(TOP, 'node_modules/vitest/vitest.mjs')
const args = [vitest, 'run', ...projects.flatMap((name) => ['--project', name]), ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: TOP })
if (!canTellStories) console.error('Boot stories were left out: they need root (sudo npm test).')
process.exit(status ?? 1)
