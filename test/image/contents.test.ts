import { existsSync, readFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { engine, runContainer } from './container.ts'
import { dockerfileWords } from './dockerfile-words.ts'
import { nameOf, need, PLAN } from './plan.ts'

const REFERENCE = 'docs/reference/image.md'

beforeEach(need('cpu'))

type Config = {
  readonly User?: string
  readonly Env: readonly string[]
  readonly Cmd?: readonly string[] | null
  readonly Entrypoint: readonly string[]
  readonly ExposedPorts?: Readonly<Record<string, object>>
  readonly Labels?: Readonly<Record<string, string>>
  readonly Volumes?: Readonly<Record<string, object>> | null
  readonly StopSignal?: string
}

async function configOf(image: string): Promise<Config> {
  return JSON.parse((await engine('image', 'inspect', '--format', '{{json .Config}}', image)).out)
}

/** Runs a line of shell in a container of an image. */
async function linesFrom(image: string, line: string): Promise<readonly string[]> {
  const { out } = await runContainer({ image, flags: ['--entrypoint', 'sh'], args: ['-c', line] })
  return out.split('\n').filter((text) => text !== '')
}

test('the image starts comfy-init under tini, with no arguments, as root, and declares no volume', async () => {
  const config = await configOf(nameOf(PLAN.images.cpu))

  expect(config.Entrypoint).toEqual(['/usr/bin/tini', '--', '/usr/local/bin/comfy-init'])
  expect(config.Cmd ?? []).toEqual([])
  expect(config.User ?? '').toMatch(/^((root|0)(:(root|0))?)?$/)
  expect(Object.keys(config.Volumes ?? {})).toEqual([])
  expect(config.StopSignal).toBe('SIGTERM')
})

test('the image has the ports, labels and variables that its Dockerfile names', async () => {
  const words = dockerfileWords(PLAN.file)

  const config = await configOf(nameOf(PLAN.images.cpu))

  expect(Object.keys(config.ExposedPorts ?? {}).sort()).toEqual(words.ports)
  expect(Object.keys(config.Labels ?? {})).toEqual(expect.arrayContaining([...words.labels]))
  expect(config.Env.map((each) => each.replace(/=.*/s, ''))).toEqual(
    expect.arrayContaining([...words.variables]),
  )
})

test('every port, label and variable of the Dockerfile stands in the reference', ({ skip }) => {
  skip(!existsSync(REFERENCE), `there is no ${REFERENCE}`)
  const text = readFileSync(REFERENCE, 'utf8')
  const { ports, labels, variables } = dockerfileWords(PLAN.file)

  const unsaid = [...ports.map((port) => port.replace('/tcp', '')), ...labels, ...variables].filter(
    (word) => !text.includes(word),
  )

  expect(unsaid).toEqual([])
})

test('nothing that the image adds can be written by everybody, but the empty workspace and /tmp', async () => {
  const image = nameOf(PLAN.images.cpu)

  const found = await linesFrom(image, 'find /opt /etc /usr -xdev ! -type l -perm -0002')

  expect(found).toEqual([])
  expect(await linesFrom(image, 'stat -c %a /workspace; ls -A /workspace')).toEqual(['1777'])
})

test('everybody may read and run what the image brings', async () => {
  const image = nameOf(PLAN.images.cpu)
  const places = '/opt /usr/local /etc/comfy-init* $(ls -d /usr/share/doc/comfy-init)'
  // A folder above them that nobody may enter hides them all.
  const above = '/ /etc /usr /usr/share /usr/share/doc'

  const closed = [
    ...(await linesFrom(image, `find ${above} -maxdepth 0 ! -perm -0005 2>&1`)),
    ...(await linesFrom(
      image,
      `find ${places} \\( ! -type l ! -perm -0004 -o -type d ! -perm -0005 \\) 2>&1`,
    )),
  ]

  expect(closed).toEqual([])
})

test('no program with setuid or setgid was added to those of the base', async ({ skip }) => {
  if ('missing' in PLAN.base) skip(`the base is not known: ${PLAN.base.missing}`)
  const list = 'find / -xdev -type f -perm /6000'
  const before = await linesFrom(nameOf(PLAN.base), list)

  const after = await linesFrom(nameOf(PLAN.images.cpu), list)

  expect(after.filter((path) => !before.includes(path))).toEqual([])
})

test('the image says which ComfyUI it brings, and keeps no rest of its making', async () => {
  const image = nameOf(PLAN.images.cpu)

  const [note = '{}', ...rests] = await linesFrom(
    image,
    'tr -d "\\n" </opt/ComfyUI/.comfy-init-image.json; echo; ls -A /tmp /var/lib/apt/lists /root/.cache 2>/dev/null | grep -v :',
  )

  expect(JSON.parse(note)).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+/),
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
  })
  expect(rests.filter((name) => !/^(auxfiles|lock|partial)$/.test(name))).toEqual([])
})
