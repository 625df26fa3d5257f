import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { type PackageWorld, packageWorld } from './package-world.ts'

/** Puts the source of a package that is built by `backend` into the vendor folder. */
function putSource({ root }: PackageWorld, backend: string): void {
  const folder = `${root}/sd-1.0`
  mkdirSync(folder)
  mkdirSync(`${root}/vendor/wheels`, { recursive: true })
  const system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
  writeFileSync(`${folder}/pyproject.toml`, system)
  writeFileSync(`${folder}/PKG-INFO`, 'Metadata-Version: 2.1\nName: sd\nVersion: 1.0\n')
  writeFileSync(`${folder}/backend.py`, backend)
  execFileSync('tar', ['czf', `${root}/vendor/wheels/sd-1.0.tar.gz`, '-C', root, 'sd-1.0'])
}

const METADATA = `import os
def prepare_metadata_for_build_wheel(folder, settings=None):
    os.mkdir(f"{folder}/sd-1.0.dist-info")
    open(f"{folder}/sd-1.0.dist-info/METADATA", "w").write("Metadata-Version: 2.1\\nName: sd\\nVersion: 1.0\\n")
    return "sd-1.0.dist-info"
`
const HANG = `import subprocess, time
child = subprocess.Popen(["setsid", "sleep", "600"])
open("FOLDER/stray.pid", "a").write(f"{child.pid}\\n")
time.sleep(600)
`
const late = (code: string) =>
  `${METADATA}def build_wheel(*args):\n${code.replaceAll(/^/gm, '    ').trimEnd()}\n`

test.each([
  ['uv', 'hangs', true, HANG, 'uv was not done within 5 s.'],
  ['uv', 'hangs when it is built at last', true, late(HANG), 'uv was not done within 5 s.'],
  ['pip', 'hangs when it is built at last', false, late(HANG), 'pip was not done within 5 s.'],
  ['uv', 'is killed', true, 'import os; os.kill(os.getppid(), 9)', 'uv was ended by SIGKILL.'],
  ['uv', 'says that the disk is full', true, 'raise OSError(28, "No space left on device")', 'No space left'],
  [
    'pip',
    'says that the disk is full',
    false,
    'raise OSError(28, "No space left on device")',
    'No space left',
  ],
])(
  'with %s, a package whose build %s is its node’s fault; the others have theirs, and nothing runs on',
  async (_, __, uv, backend, said) => {
    const world = await packageWorld({ uv })
    putSource(world, backend.replaceAll('FOLDER', world.root))
    const sources = [
      world.node('good', { 'requirements.txt': 'beta\n' }),
      world.node('bad', { 'requirements.txt': 'sd\n' }),
    ]
    const { problems, packages } = await world.boot(sources, { settings: { nodeTimeoutMs: 5000 } })
    expect(problems.map((each) => each.toJSON())).toMatchObject([
      {
        code: 'NODE_PACKAGES_MISSING',
        what: 'Cannot install what the node bad requires.',
        why: expect.stringContaining(said),
      },
    ])
    expect(packages.current?.record.nodes.good?.added).toEqual(['beta==2.0'])
    const strays = `${world.root}/stray.pid`
    const pids = existsSync(strays) ? readFileSync(strays, 'utf8').trim().split('\n') : []
    expect(pids.length > 0).toBe(said.includes('not done'))
    for (const pid of pids) await until(() => !existsSync(`/proc/${pid}`), 'the stray to be gone')
  },
  120_000,
)

test.each([
  ['uv', true],
  ['pip', false],
])('with %s, a build sees what leads to the index alone, and shows none of its passwords', async (_, uv) => {
  const world = await packageWorld({ uv })
  const words = 'SEEN ' + '"+" ".join(["uv-", "pip-"]).replace("-", "-sesame")+"'
  const seen = `${world.root}/seen`
  putSource(
    world,
    `import os, sys\nopen("${seen}", "w").write(str(dict(os.environ)))\nraise SystemExit("${words}")`,
  )
  const secrets = {
    UV_INDEX_PRIVATE_PASSWORD: 'uv-sesame',
    PIP_EXTRA_INDEX_URL: `${world.index.url.replace('://', '://me:pip-sesame@')}/simple/`,
    GIT_TOKEN: 'git-sesame',
    GIT_CONFIG_VALUE_0: 'git-sesame',
    HF_TOKEN: 'hf-sesame',
    PIP_SOMETHING: 'odd-sesame',
    UV_PUBLISH_TOKEN: 'odd-sesame',
  }
  const host = { ...world.host, env: { ...world.host.env, ...secrets } }
  const { problems } = await world.boot([world.node('bad', { 'requirements.txt': 'sd\n' })], { host })
  expect(problems.map(({ code }) => code)).toEqual(['NODE_PACKAGES_MISSING'])
  expect(readFileSync(seen, 'utf8')).toContain('pip-sesame')
  expect(readFileSync(seen, 'utf8')).not.toMatch(/(git|hf|odd)-sesame/)
  const record = readFileSync(`${world.overlay()}/comfy-init.json`, 'utf8')
  if (uv) expect(record).toContain('SEEN *** ***')
  expect(record).not.toContain('sesame')
})
