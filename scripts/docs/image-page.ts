import { type BakeTarget, type BakeVariable, bakeVariables, readBakeFile } from './bake-file.ts'
import { type Instruction, ofImage, type Pair, pairsOf, readDockerfile } from './dockerfile.ts'
import { environment, labels, paths, ports, secrets } from './image-words.ts'

/** What the page is made from, each by its path from the top of the repository. */
export type ImageFiles = {
  readonly dockerfiles: Readonly<Record<string, string>>
  readonly bake: string
  /** Files of docker/rootfs, as paths in the image. */
  readonly rootfs: readonly string[]
  /** Requirements that WITH_JUPYTER=false leaves out. */
  readonly jupyter: string
}

const INTRODUCTION = `<!-- Made by npm run docs from Dockerfile.cpu, Dockerfile.cuda and docker/; edit there. -->

# Images

Two Dockerfiles at the top of the repository: Dockerfile.cpu, and Dockerfile.cuda for RTX 4090, RTX 5090 and other NVIDIA
GPUs. They take the binary from dist/, so \`npm run binary -- all\` comes first. How to build them: [build images in
CI](../how-to/build-images-in-ci.md); how to make one of your own: [put it into your
image](../how-to/put-it-into-your-image.md). Every setting can be given to a container: [settings](settings.md).

![What is in an image, what is mounted, and what answers](../images/image.svg)
`

/** docs/reference/image.md. */
export function imagePage(files: ImageFiles): string {
  const read = Object.entries(files.dockerfiles).map(
    ([file, text]) => ({ file, instructions: readDockerfile(text) }) as const,
  )
  return [
    INTRODUCTION,
    section(
      'Targets',
      targets(readBakeFile(files.bake)) + variables(bakeVariables(files.bake)) + slim(files.jupyter),
    ),
    section('Build arguments', buildArguments(read) + buildSecrets(read)),
    section('Environment', environmentTable(read)),
    section('Ports', portTable(read)),
    section('User, start, stop and health', conduct(read)),
    section('Paths', pathTable(files.rootfs)),
    section('Volume', VOLUME),
    section('Labels', labelTable(read, files.bake)),
  ].join('\n')
}

type Read = { readonly file: string; readonly instructions: readonly Instruction[] }

const VOLUME = `There is one place to mount, \`/workspace\`. The image declares no volume, so that nothing is lost in one without a name;
without a mount a start warns (WORKSPACE_NOT_A_MOUNT). Models that are shared go to any other place, read-only, named by
\`COMFY_SHARED_MODELS\`. \`/shared\` and \`/instance\` are known too: [what lies where](../explanation/what-lies-where.md).
`

const BAKING = `\`docker buildx bake -f docker/docker-bake.hcl TARGET\` builds one of them; without a name, those of the group \`default\`. Tags and
arguments are those of a build where nothing is set.

`

function section(title: string, text: string): string {
  return `## ${title}\n\n${text}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `${lines.join('\n')}\n`
}

function code(text: string): string {
  return text === '' ? 'empty' : `\`${text}\``
}

function targets(found: readonly BakeTarget[]): string {
  const isShared = ([key, value]: readonly [string, string]) => found.every(({ args }) => args[key] === value)
  const rows = found.map(({ name, dockerfile, platforms, args, tags }) => [
    code(name),
    dockerfile,
    platforms.map((each) => each.replace('linux/', '')).join(', '),
    Object.entries(args)
      .filter((each) => !isShared(each))
      .map(([key, value]) => code(`${key}=${value}`))
      .join('<br>'),
    tags.map(code).join('<br>'),
  ])
  return BAKING + table(['target', 'file', 'platforms', 'arguments', 'tags'], rows)
}

function variables(found: readonly BakeVariable[]): string {
  const rows = found.map(({ name, value, comment }) => [code(name), code(value), comment])
  return `\nVariables of the environment that bake reads:\n\n${table(['variable', 'default', 'what it is'], rows)}`
}

function slim(jupyter: string): string {
  const left = jupyter.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return `\nA slim one is built with \`WITH_JUPYTER=false\`: ${left.map(code).join(', ')} and what that requires are not in it, 192 MB on disk, and
\`COMFY_JUPYTER=on\` is a warning (JUPYTER_MISSING). All else is the same.\n`
}

/** One name with what each file says about it, in the order in which they are met. */
function byName<T>(read: readonly Read[], of: (each: Read) => readonly (readonly [string, T])[]) {
  const found = new Map<string, Map<string, T>>()
  for (const each of read)
    for (const [name, value] of of(each))
      found.set(name, (found.get(name) ?? new Map()).set(each.file, value))
  return found
}

// What is the same in all files is said once.
function differing(read: readonly Read[], values: ReadonlyMap<string, string>): string {
  const texts = new Set(values.values())
  const [only = ''] = texts
  if (texts.size === 1 && values.size === read.length) return only
  return [...values].map(([file, text]) => `${kindOf(file)}: ${text}`).join('<br>')
}

function kindOf(file: string): string {
  return file.replace(/^Dockerfile\./, '')
}

function buildArguments(read: readonly Read[]): string {
  const found = byName(read, ({ instructions }) =>
    instructions
      .filter(({ keyword }) => keyword === 'ARG')
      .flatMap(({ text, comment }) => pairsOf(text).map((pair) => ({ ...pair, comment })))
      .filter(isFirst)
      .map(({ name, value, comment }) => [name, { value, comment }] as const),
  )
  const rows = [...found].map(([name, files]) => {
    const defaults = new Map([...files].map(([file, { value }]) => [file, code(value ?? '')]))
    const about = new Map([...files].map(([file, { comment }]) => [file, comment]))
    return [code(name), differing(read, defaults), differing(read, about)]
  })
  return table(['argument', 'default', 'what it is'], rows)
}

function buildSecrets(read: readonly Read[]): string {
  const mounts = read.flatMap(({ instructions }) =>
    instructions.flatMap(({ text }) => [...text.matchAll(/--mount=type=secret,id=(\w+)/g)]),
  )
  const names = [...new Set(mounts.map(([, name = '']) => name))]
  const rows = names.map((name) => [code(`--secret id=${name},src=FILE`), wordsOf(secrets, name)])
  return rows.length === 0 ? '' : `\n${table(['build secret', 'what it is'], rows)}`
}

// Later ones only bring a name into a stage.
function isFirst({ name }: Pair, at: number, all: readonly Pair[]): boolean {
  return all.findIndex((each) => each.name === name) === at
}

function environmentTable(read: readonly Read[]): string {
  const found = byName(read, (each) => pairs(each, 'ENV'))
  const rows = [...found].map(([name, files]) => [
    code(name),
    differing(read, new Map([...files].map(([file, value]) => [file, code(value)]))),
    wordsOf(environment, name),
  ])
  return table(['variable', 'value', 'why'], rows)
}

function labelTable(read: readonly Read[], bake: string): string {
  const found = byName(read, (each) => pairs(each, 'LABEL'))
  const rows = [...found].map(([name, files]) => {
    const where = files.size === read.length ? '' : ` (${[...files.keys()].map(kindOf).join(', ')})`
    return [code(name), wordsOf(labels, name) + where]
  })
  const baked = [...bake.matchAll(/"([a-z][\w-]*(?:\.[\w-]+)+)"\s*=/g)].map(([, name = '']) => name)
  const more = baked.filter((name) => !found.has(name))
  return table(
    ['label', 'what it holds'],
    [...rows, ...more.map((name) => [code(name), `${wordsOf(labels, name)} (by bake, where it is given)`])],
  )
}

function pairs({ instructions }: Read, keyword: string): readonly (readonly [string, string])[] {
  return ofImage(instructions)
    .filter((each) => each.keyword === keyword)
    .flatMap(({ text }) => pairsOf(text).map(({ name, value = '' }) => [name, value] as const))
}

function portTable(read: readonly Read[]): string {
  const exposed = read.flatMap(({ instructions }) =>
    ofImage(instructions).flatMap(({ keyword, text }) => (keyword === 'EXPOSE' ? text.split(' ') : [])),
  )
  const rows = [...new Set(exposed)].map((port) => [port, wordsOf(ports, port.replace('/tcp', ''))])
  return table(['port', 'what answers', 'moved by'], rows)
}

const CONDUCT = ['USER', 'ENTRYPOINT', 'CMD', 'STOPSIGNAL', 'HEALTHCHECK', 'WORKDIR'] as const

function conduct(read: readonly Read[]): string {
  const rows = CONDUCT.map((keyword) => {
    const texts = new Map(
      read.map(({ file, instructions }) => {
        const last = ofImage(instructions).findLast((each) => each.keyword === keyword)
        return [file, last === undefined ? 'none' : code(last.text)]
      }),
    )
    return [keyword, differing(read, texts)]
  })
  const text = `The container starts as root unless it was built with \`RUN_AS\`, and comfy-init gives root up before it runs anything: [choose
who it runs as](../how-to/choose-who-it-runs-as.md). \`docker stop\` is answered within \`COMFY_STOP_GRACE\`: [stop and
restart](../how-to/stop-and-restart.md). What follows the image’s name is a command, a program, or arguments for ComfyUI:
[commands](commands.md).\n\n`
  return text + table(['instruction', 'value'], rows)
}

function pathTable(rootfs: readonly string[]): string {
  const missing = rootfs.filter((path) => !(path in paths))
  if (missing.length > 0)
    throw new Error(`Cannot describe ${missing.join(', ')}: scripts/docs/image-words.ts`)
  return table(
    ['path', 'what lies there'],
    Object.entries(paths).map(([path, text]) => [code(path), text]),
  )
}

function wordsOf(words: Readonly<Record<string, string>>, name: string): string {
  const text = words[name]
  if (text === undefined) throw new Error(`Cannot describe ${name}: scripts/docs/image-words.ts`)
  return text
}
