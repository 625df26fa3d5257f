import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fetchPythonTools } from './python-tools.ts'
import { fetchSchemas } from './schemas.ts'

/**
 * `npm test`: unit tests and rules, the stories of the built binary, what it is as an init, and its page in a browser, some files
 * at a time. Stories build containers out of namespaces and need root; without it they are left out, and that is said. With
 * BUILT=1 the binary is taken as it lies in dist.
 */

const TOP = join(import.meta.dirname, '..')

fetchPythonTools()
fetchSchemas()
const canTellStories = process.getuid?.() === 0
const projects = canTellStories ? ['unit', 'boot', 'init', 'page'] : ['unit']
if (canTellStories && process.env.BUILT !== '1')
  execFileSync(process.execPath, [join(TOP, 'scripts/binary.ts'), process.arch], { stdio: 'inherit' })
const vitest = join(TOP, 'node_modules/vitest/vitest.mjs')
const args = [vitest, 'run', ...projects.flatMap((name) => ['--project', name]), ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: TOP })
if (!canTellStories) console.error('Boot stories were left out: they need root (sudo npm test).')
process.exit(status ?? 1)
