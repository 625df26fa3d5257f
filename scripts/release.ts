import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './build.ts'
import { makeRelease } from './release/make-release.ts'
import { readAgreed } from './release/release-notes.ts'

/**
 * `npm run release [-- --tag v1.2.3]`: makes dist/release/ from dist/comfy-init-linux-x64 and -arm64. With --tag the version
 * must be released by CHANGELOG.md; without, it is a trial of what a release would hold. With --check nothing is made.
 */

const { values } = parseArgs({ options: { tag: { type: 'string' }, check: { type: 'boolean' } } })
try {
  if (values.check) console.log(`${(await readAgreed(root, values.tag)).version} can be released`)
  else await make()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function make(): Promise<void> {
  const { version, files } = await makeRelease({
    top: root,
    binaries: join(root, 'dist'),
    output: join(root, 'dist/release'),
    epochS: epochSeconds(),
    tag: values.tag,
  })
  console.log(`${version}${values.tag === undefined ? ', a trial' : ''}: dist/release/`)
  for (const file of files) console.log(`  ${file}`)
}

/** The time all files of the release carry: SOURCE_DATE_EPOCH, else that of the commit. */
function epochSeconds(): number {
  const said =
    process.env.SOURCE_DATE_EPOCH ??
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' })
  const seconds = Number(said.trim() || Number.NaN)
  if (Number.isInteger(seconds)) return seconds
  throw new Error(`Cannot date the release. SOURCE_DATE_EPOCH is «${said}»; give seconds since 1970.`)
}
