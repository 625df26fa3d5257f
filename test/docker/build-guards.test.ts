import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { tempFolder } from '../support/temp-folder.ts'
import { TOP } from './dockerfile.ts'
import { pathWith, run } from './run-script.ts'

test('an index with a password in its address is refused, and not repeated', async () => {
  const folder = await tempFolder()
  const PATH = pathWith(folder, { python3: `touch '${folder}/went-on'; exit 9` })
  const TORCH_INDEX = 'https://me:token@index.example/simple'
  const { status, stderr } = run('make-venv.sh', [], { PATH, TORCH: 'torch', TORCH_INDEX })

  expect([status, stderr]).toEqual([65, expect.stringContaining('holds a password')])
  expect(stderr).not.toContain('token@')
  expect(existsSync(`${folder}/went-on`)).toBe(false)
})

describe('before anything is fetched', () => {
  async function checked(env: Readonly<Record<string, string>>, binary = 'comfy-init-linux-x64') {
    const folder = await tempFolder()
    writeFileSync(`${folder}/${binary}`, 'x')
    const PATH = pathWith(folder, { dpkg: 'echo amd64' })
    const ended = run('check.sh', [folder, `${folder}/checked`], {
      ...{ PATH, WITH_JUPYTER: 'true', RUN_AS: '0:0' },
      ...env,
    })
    return { ...ended, isWell: existsSync(`${folder}/checked`) }
  }

  test('a build that can end well goes on, with an empty file', async () => {
    for (const env of [{}, { WITH_JUPYTER: 'false' }, { RUN_AS: '1000' }, { RUN_AS: '1000:1000' }])
      expect(await checked(env)).toMatchObject({ stderr: '', status: 0, isWell: true })
  })

  test('a binary that is not there is said with how to make it', async () => {
    expect(await checked({}, 'comfy-init-linux-arm64')).toMatchObject({
      ...{ status: 65, isWell: false },
      stderr: 'Cannot find dist/comfy-init-linux-x64. Type npm run binary -- all.\n',
    })
  })

  test.each([
    ['WITH_JUPYTER', 'yes', 'It is true or false.'],
    ['WITH_JUPYTER', '', 'It is true or false.'],
    ['RUN_AS', 'nobody', 'It is a user id, or UID:GID, like 1000:1000.'],
    ['RUN_AS', '1000:', 'It is a user id, or UID:GID, like 1000:1000.'],
    ['RUN_AS', '1000\n0', 'It is a user id, or UID:GID, like 1000:1000.'],
  ])('%s=%j is refused', async (name, value, rest) => {
    const { status, stderr } = await checked({ [name]: value })
    expect([status, stderr]).toEqual([65, `Cannot build with ${name}=${value}. ${rest}\n`])
  })
})

test('files from a checkout that shuts others out can be read in the image, and folders of the base keep their modes', async () => {
  const folder = await tempFolder()
  const [from, to, base] = [`${folder}/from`, `${folder}/to`, `${folder}/base`]
  for (const each of [`${from}/etc/more`, `${from}/root`, `${base}/root`])
    mkdirSync(each, { recursive: true })
  writeFileSync(`${from}/etc/more/a file`, 'text')
  writeFileSync(`${from}/etc/program`, 'text', { mode: 0o700 })
  writeFileSync(`${from}/root/file`, 'text', { mode: 0o600 })
  symlinkSync('program', `${from}/etc/link`)
  for (const each of ['', '/etc', '/etc/more']) chmodSync(`${from}${each}`, 0o700)
  chmodSync(`${base}/root`, 0o700)
  writeFileSync(`${folder}/comfy-init-linux-x64`, 'binary', { mode: 0o600 })

  const before = process.umask(0o077)
  const ended = run('copy-ours.sh', [from, folder, to, base], {
    PATH: pathWith(folder, { dpkg: 'echo amd64' }),
  })
  process.umask(before)

  expect([ended.stderr, ended.status]).toEqual(['', 0])
  const modes = [
    'etc',
    'etc/more',
    'etc/more/a file',
    'etc/program',
    'root',
    'root/file',
    'etc/link',
    'usr/local/bin/comfy-init',
  ].map((path) => (statSync(`${to}/${path}`).mode & 0o777).toString(8))
  expect(modes).toEqual(['755', '755', '644', '755', '700', '644', '755', '755'])
})

describe('listing what is installed', () => {
  async function listed(uv: string) {
    const folder = await tempFolder()
    const ended = run('list-packages.sh', [`${folder}/list`], { PATH: pathWith(folder, { uv }) })
    return { ...ended, list: ended.status === 0 ? readFileSync(`${folder}/list`, 'utf8') : undefined }
  }

  test('gives names and versions', async () => {
    const { list } = await listed("printf 'pip==26.3\\ntorch==2.11.0+cpu\\nmine @ file:///x\\n'")
    expect(list).toBe('pip==26.3\ntorch==2.11.0+cpu\n')
  })

  test.each([
    ['does not work', 'echo pip==26.3; exit 2', 'uv pip freeze did not work.'],
    ['names nothing', 'true', 'uv pip freeze names none.'],
  ])('ends in a sentence when uv %s', async (_, uv, why) => {
    expect(await listed(uv)).toMatchObject({
      status: 65,
      stderr: `Cannot list the packages of /opt/venv. ${why}\n`,
    })
  })
})

describe('compiling', () => {
  async function compiled(good: number, bad: number) {
    const folder = await tempFolder()
    for (let at = 0; at < good; at += 1) writeFileSync(`${folder}/good${at}.py`, 'x = 1\n')
    for (let at = 0; at < bad; at += 1) writeFileSync(`${folder}/bad${at}.py`, 'print "x"\n')
    return { folder, ...run('compile.py', ['unchecked-hash', folder]) }
  }

  test('passes over a file that no Python of today reads, and names it', async () => {
    const { folder, stderr, status } = await compiled(20, 1)
    expect([stderr, status]).toEqual([`Not compiled: ${folder}/bad0.py\n`, 0])
    const names = execFileSync('ls', [`${folder}/__pycache__`]).toString()
    expect(names.trim().split('\n')).toHaveLength(20)
  })

  test.each([
    [0, 3, '3 of 3'],
    [6, 2, '2 of 8'],
    [0, 0, '0 of 0'],
  ])('ends where of %i good and %i bad files too many are left out', async (good, bad, said) => {
    const { folder, stderr, status } = await compiled(good, bad)
    expect(status).toBe(1)
    expect(stderr).toContain(
      `Cannot compile ${folder}: ${said} files were left out. Look at its free space.\n`,
    )
  })
})

describe('nodes of the build', () => {
  // As install-nodes.sh does: comfy-init reads NODES, and the script writes what it says.
  function manifest(nodes: string) {
    const program = join(TOP, 'test/support/cli-entry.ts')
    const { stdout } = spawnSync(process.execPath, [program, 'explain', '--json', 'COMFY_NODES'], {
      env: { PATH: process.env.PATH, COMFY_NODES: nodes },
      encoding: 'utf8',
    })
    return run('nodes-manifest.py', [], {}, stdout).stdout
  }

  test.each([
    ['', []],
    ['\n one, two/three@v1 \n', ['one', 'two/three@v1']],
    ['["one", "https://host/four.git@main"]', ['one', 'https://host/four.git@main']],
    [`a"b: 'c' #d [e \\ - é`, ['a"b:', `'c'`, '#d', '[e', '\\', '-', 'é']],
  ])('%j become the entries that COMFY_NODES would have, whatever characters they hold', (text, entries) => {
    expect(parse(manifest(text))).toEqual({ nodes: entries })
  })
})

describe('the user of the image', () => {
  // A machine where user 1000 is there until userdel takes it away.
  async function added(userdel: string) {
    const folder = await tempFolder()
    writeFileSync(`${folder}/ubuntu`, '')
    const note = 'echo "$(basename "$0") $*" >>"$PLACE/said"'
    const PATH = pathWith(folder, {
      getent: 'if [ -e "$PLACE/ubuntu" ]; then echo ubuntu:x:1000:; else exit 2; fi',
      ...{ userdel, groupadd: note, useradd: note, install: note },
    })
    const ended = run('add-user.sh', [], { PATH, PLACE: folder })
    const said = existsSync(`${folder}/said`) ? readFileSync(`${folder}/said`, 'utf8') : ''
    return { ...ended, said }
  }

  test('takes the id of a user that is gone, even if userdel complained', async () => {
    const { said, status, stderr } = await added('rm "$PLACE/ubuntu"; echo no mailbox >&2; exit 12')
    expect([status, stderr]).toEqual([0, ''])
    expect(said).toMatch(/^groupadd --gid 1000 comfy\nuseradd --uid 1000 .* comfy\ninstall .*\/workspace\n$/)
  })

  test('is not made where the other one stays, and the reason is said', async () => {
    const { said, status, stderr } = await added('echo user is logged in >&2; exit 8')
    expect([said, status]).toEqual(['', 65])
    expect(stderr).toBe('Cannot remove user ubuntu, who has the id 1000 of comfy. user is logged in\n')
  })
})
