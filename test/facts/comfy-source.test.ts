import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { identityOf, lookSource } from '../../src/facts/comfy-source.ts'
import { realFs } from '../../src/host/fs.ts'
import { tempFolder } from '../support/temp-folder.ts'

const COMMIT = '783545f689a0af730065994b46b382ae24844c99'
const OTHER = '0000000000000000000000000000000000000001'

async function aTree(files: Record<string, string>): Promise<string> {
  const root = await tempFolder()
  for (const [path, text] of Object.entries({ 'main.py': '', ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

const commitOf = async (files: Record<string, string>) =>
  (await lookSource(realFs(), await aTree(files)))?.commit

test('a folder without main.py is no ComfyUI', async () => {
  expect(await lookSource(realFs(), await tempFolder())).toBeUndefined()
})

test('a tree says its version, commit, flags and model categories', async () => {
  const tree = await aTree({
    'comfyui_version.py': '__version__ = "0.33.0"\n',
    'requirements.txt': 'torch\n',
    'comfy/cli_args.py': 'parser.add_argument("--cpu", action="store_true")\n',
    'folder_paths.py':
      'folder_names_and_paths["vae"] = ([os.path.join(models_dir, "vae")], x)\n' +
      'folder_names_and_paths["datasets"] = ([os.path.join(base_path, "datasets")], x)\n',
    '.git/HEAD': `${COMMIT}\n`,
  })
  expect(await lookSource(realFs(), tree)).toEqual({
    version: '0.33.0',
    commit: COMMIT,
    requirements: '67c6d2b1',
    identity: expect.stringMatching(/^0\.33\.0-783545f689a0-[0-9a-f]{8}$/),
    flags: new Set(['--cpu']),
    categories: [{ name: 'vae', folders: ['vae'] }],
  })
})

test('the commit is read through a branch, loose or packed', async () => {
  const head = 'ref: refs/heads/master\n'
  expect(await commitOf({ '.git/HEAD': head, '.git/refs/heads/master': `${COMMIT}\n` })).toBe(COMMIT)
  const packed = `# pack-refs with: peeled\n${OTHER} refs/heads/main\n${COMMIT} refs/heads/master\n^${OTHER}\n`
  expect(await commitOf({ '.git/HEAD': head, '.git/packed-refs': packed })).toBe(COMMIT)
  expect(await commitOf({ '.git/HEAD': head })).toBeUndefined()
  expect(await commitOf({})).toBeUndefined()
})

test('a loose branch is newer than a packed one', async () => {
  const files = {
    '.git/HEAD': 'ref: refs/heads/master\n',
    '.git/refs/heads/master': `${COMMIT}\n`,
    '.git/packed-refs': `${OTHER} refs/heads/master\n`,
  }
  expect(await commitOf(files)).toBe(COMMIT)
})

test('of a submodule the commit is read where its .git file points', async () => {
  expect(await commitOf({ '.git': 'gitdir: elsewhere/.git\n', 'elsewhere/.git/HEAD': COMMIT })).toBe(COMMIT)
})

test('an image’s own note comes before what is in the tree', async () => {
  const tree = await aTree({
    '.comfy-init-image.json': JSON.stringify({ version: '9.9', commit: COMMIT, requirements: 'abc' }),
    'comfyui_version.py': '__version__ = "0.33.0"\n',
    '.git/HEAD': OTHER,
  })
  expect(await lookSource(realFs(), tree)).toMatchObject({ version: '9.9', commit: COMMIT })
})

test('a broken note is as good as none', async () => {
  const tree = await aTree({
    '.comfy-init-image.json': '{"version',
    'comfyui_version.py': "__version__ = '1.0'",
  })
  expect(await lookSource(realFs(), tree)).toMatchObject({ version: '1.0' })
})

test('images that differ in version, commit or requirements differ in identity', () => {
  const base = { version: '1.0', commit: COMMIT, requirements: 'torch\n' }
  const all = [
    base,
    { ...base, version: '1.1' },
    { ...base, commit: OTHER },
    { ...base, requirements: 'torch \n' },
    { ...base, commit: undefined },
    { version: undefined, commit: undefined, requirements: undefined },
  ]
  expect(new Set(all.map(identityOf)).size).toBe(all.length)
  expect(identityOf(base)).toBe(identityOf({ ...base }))
})
