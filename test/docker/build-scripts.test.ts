import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { gitIn, makeRepository } from '../support/git-repository.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { zip } from '../support/zip.ts'
import { run } from './run-script.ts'

describe('fetching ComfyUI', () => {
  async function fetched(ref: string, commit = '') {
    const folder = await tempFolder()
    const repository = makeRepository(folder, 'comfyui', {
      'comfyui_version.py': '__version__ = "0.33.0"\n',
      'requirements.txt': 'einops\n',
    })
    const first = repository.head()
    const second = repository.commit({ 'new.py': '' }, { tag: 'v1' })
    repository.commit({ 'newer.py': '' })
    gitIn(repository.path, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    const names: Readonly<Record<string, string>> = { first, second, short: second.slice(0, 8) }
    const tree = `${folder}/tree`
    const ended = run('fetch-comfyui.sh', [tree], {
      COMFYUI_REPOSITORY: `file://${repository.path}`,
      COMFYUI_REF: names[ref] ?? ref,
      COMFYUI_COMMIT: names[commit] ?? commit,
    })
    return { ...ended, tree, ...{ first, second } }
  }

  test('a tag, a branch and a whole commit are taken, each with its last commit alone', async () => {
    for (const [ref, has, lacks] of [
      ['v1', 'new.py', 'newer.py'],
      ['main', 'newer.py', 'none'],
      ['first', 'requirements.txt', 'new.py'],
    ] as const) {
      const { tree, stderr, status } = await fetched(ref)
      expect([stderr, status]).toEqual(['', 0])
      expect([existsSync(`${tree}/${has}`), existsSync(`${tree}/${lacks}`)]).toEqual([true, false])
      expect(gitIn(tree, 'rev-list', '--count', 'HEAD')).toBe('1')
      expect(gitIn(tree, 'status', '--porcelain')).toBe('')
    }
  })

  test('what it is stands in a note, also for a tree without .git', async () => {
    const { tree, second } = await fetched('v1', 'short')
    const note = JSON.parse(readFileSync(`${tree}/.comfy-init-image.json`, 'utf8'))
    expect(note).toMatchObject({ version: '0.33.0', commit: second })
    expect(note.requirements).toMatch(/^[0-9a-f]{64}$/)
  })

  test('another commit than the one that is asked for is refused, and so is one that hardly says anything', async () => {
    const other = await fetched('main', 'second')
    expect([other.status, other.stderr]).toEqual([65, expect.stringContaining(`not at ${other.second}`)])
    const short = await fetched('v1', 'abc')
    expect([short.status, short.stderr]).toEqual([65, expect.stringContaining('8 digits are the least')])
  })

  test('a ref that is not there, and an address with a secret, are refused in words', async () => {
    const none = await fetched('v9')
    expect([none.status, none.stderr]).toEqual([65, expect.stringContaining('There is no v9 in')])
    const secret = run('fetch-comfyui.sh', ['/nowhere'], {
      ...{ COMFYUI_REPOSITORY: 'https://me:token@example.org/x', COMFYUI_REF: 'v1', COMFYUI_COMMIT: '' },
    })
    expect([secret.status, secret.stderr]).toEqual([65, expect.stringContaining('holds a password')])
    expect(secret.stderr).not.toContain('me:token')
  })

  test.each(['', '-q', '--upload-pack=touch ran;git-upload-pack', 'v*', 'v1 main'])(
    '«%s» is no ref, and git is not asked',
    async (ref) => {
      const { status, stderr, tree } = await fetched(ref)
      expect([status, stderr]).toEqual([65, expect.stringContaining('is no tag, branch or commit')])
      expect(existsSync(tree)).toBe(false)
    },
  )

  test.each(['--upload-pack=x', 'ext::sh -c ls'])('%s is no repository', (repository) => {
    const ended = run('fetch-comfyui.sh', ['/nowhere'], {
      ...{ COMFYUI_REPOSITORY: repository, COMFYUI_REF: 'v1', COMFYUI_COMMIT: '' },
    })
    expect([ended.status, ended.stderr]).toEqual([
      65,
      expect.stringContaining('is no address of a repository'),
    ])
  })
})

describe('whether torch has code for the cards', () => {
  async function checked(built: string | undefined, wanted: string) {
    const folder = await tempFolder()
    mkdirSync(`${folder}/torch`)
    const flags = built === undefined ? 'None' : JSON.stringify(built)
    const text = `class _C:\n    _cuda_getArchFlags = staticmethod(lambda: ${flags})\n__version__ = "2.9.0"\n`
    writeFileSync(`${folder}/torch/__init__.py`, text)
    return run('check-arch.py', [wanted], { PYTHONPATH: folder })
  }

  test.each([
    ['sm_80 sm_86 sm_90', '8.9'],
    ['sm_75 sm_80 sm_120', '8.9 12.0'],
    ['sm_80 compute_80', '12.0'],
    ['sm_90a', '9.0'],
    ['sm_80 sm_120', '8.9;12.0'],
  ])('%s serves %s', async (built, wanted) => {
    expect((await checked(built, wanted)).status).toBe(0)
  })

  test.each([
    ['sm_80 sm_90', '12.0', '12.0'],
    ['sm_90 sm_120', '8.9 12.0', '8.9'],
    ['sm_120a', '12.1', '12.1'],
    ['sm_80 compute_90', '8.9 7.5', '7.5'],
    [undefined, '8.9', '8.9'],
  ])('%s does not serve %s, and %s is named', async (built, wanted, missing) => {
    const { status, stderr } = await checked(built, wanted)
    expect(status).toBe(1)
    expect(stderr).toMatch(
      new RegExp(`^Cannot build for compute capability ${missing.replace('.', '\\.')}: `),
    )
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('what nodes require', () => {
  test('is read from repositories and archives, without options and addresses', async () => {
    const { vendor, required } = await aVendorFolder('nodes:\n  - "pack"\n')
    expect(required()).toEqual(['# pack', 'einops>=0.7', '', '# zipped', 'yapf', '# bare'])
    expect(vendor.stderr()).toContain('Not followed: --extra-index-url https://example.org/simple')
    expect(vendor.stderr()).toContain('Not followed: thing @ https://example.org/thing.whl')
  })

  test('counts ComfyUI’s own Manager where that is asked for and lies in no folder', async () => {
    const { required, comfyui } = await aVendorFolder('nodes:\n  - "ComfyUI-Manager"\n')
    expect(required().at(-1)).toBe(`-r ${comfyui}/manager_requirements.txt`)
    const other = await aVendorFolder('# like ComfyUI-Manager\nnodes: []\n')
    expect(other.required().at(-1)).toBe('# bare')
  })

  async function aVendorFolder(manifest: string) {
    const folder = await tempFolder()
    const [vendorFolder, comfyui] = [`${folder}/vendor`, `${folder}/ComfyUI`]
    for (const each of [`${vendorFolder}/archives`, `${vendorFolder}/repositories`, comfyui])
      mkdirSync(each, { recursive: true })
    const lines = [
      '--extra-index-url https://example.org/simple',
      'einops>=0.7',
      'thing @ https://example.org/thing.whl',
    ]
    const pack = makeRepository(`${vendorFolder}/repositories`, 'pack', {
      'requirements.txt': `${lines.join('\n')}\n\n`,
    })
    const bare = makeRepository(`${vendorFolder}/repositories`, 'bare', { '__init__.py': '' })
    const sha256 = 'a'.repeat(64)
    writeFileSync(
      `${vendorFolder}/archives/${sha256}.zip`,
      zip([{ name: 'x/requirements.txt', data: 'yapf\n' }]),
    )
    const nodes = [
      { folder: 'pack', commit: pack.head() },
      { folder: 'zipped', archive: { url: 'https://example.org/x.zip', sha256 } },
      { folder: 'bare', commit: bare.head() },
    ]
    writeFileSync(`${vendorFolder}/nodes.lock.json`, JSON.stringify({ nodes }))
    writeFileSync(`${comfyui}/manager_requirements.txt`, 'comfyui_manager\n')
    writeFileSync(`${folder}/nodes.yaml`, manifest)
    const ended = run('node-requirements.py', [`${folder}/nodes.yaml`, vendorFolder, comfyui])
    return {
      comfyui,
      vendor: { stderr: () => ended.stderr },
      required: () => ended.stdout.trimEnd().split('\n'),
    }
  }
})

test('an empty wheel stands in for a package, with the version of the one that it requires', async () => {
  const folder = await tempFolder()
  const info = `${folder}/site/onnxruntime-1.31.1.dist-info`
  mkdirSync(info, { recursive: true })
  writeFileSync(`${info}/METADATA`, 'Metadata-Version: 2.1\nName: onnxruntime\nVersion: 1.31.1\n')
  const { stdout } = run('stand-in.py', ['onnxruntime-gpu', 'onnxruntime', folder], {
    PYTHONPATH: `${folder}/site`,
  })
  expect(stdout).toBe('onnxruntime-gpu==1.31.1\n')
  const wheel = `${folder}/onnxruntime_gpu-1.31.1-py3-none-any.whl`
  const metadata = execFileSync('python3', [
    ...['-c', 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())'],
    ...[wheel, 'onnxruntime_gpu-1.31.1.dist-info/METADATA'],
  ]).toString()
  expect(metadata).toContain('Name: onnxruntime-gpu\nVersion: 1.31.1\n')
  expect(metadata).toContain('Requires-Dist: onnxruntime==1.31.1\n')
})
