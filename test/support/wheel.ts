import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { zip } from './zip.ts'

/** A pure Python package as a test wants it. */
export type WheelSpec = {
  readonly name: string
  readonly version: string
  /** Lines of Requires-Dist. */
  readonly requires?: readonly string[]
  readonly requiresPython?: string
  /** Path in site-packages → text; a module of the package’s name with its `__version__` is always there. */
  readonly files?: Readonly<Record<string, string>>
  /** Console scripts: name → `module:function`. */
  readonly scripts?: Readonly<Record<string, string>>
}

/** A wheel: its file name, its bytes and its METADATA. */
export type Wheel = {
  readonly spec: WheelSpec
  readonly file: string
  readonly bytes: Buffer
  readonly metadata: string
}

/** Builds a wheel that pip and uv install. */
export function wheel(spec: WheelSpec): Wheel {
  const stem = `${moduleOf(spec.name)}-${spec.version}`
  const files = filesOf(spec, 'wheel')
  const record = files.map(([path, text]) => `${path},sha256=${digestOf(text)},${Buffer.byteLength(text)}`)
  const members = [
    ...files,
    [`${stem}.dist-info/RECORD`, `${[...record, `${stem}.dist-info/RECORD,,`].join('\n')}\n`],
  ]
  return {
    spec,
    file: `${stem}-py3-none-any.whl`,
    bytes: zip(members.map(([name = '', data = '']) => ({ name, data }))),
    metadata: metadataOf(spec),
  }
}

/** Puts a package into a folder of packages as an installer would have; its RECORD is there, its scripts are not. */
export function putPackage(site: string, spec: WheelSpec): void {
  const files = filesOf(spec, 'pip')
  const stem = `${moduleOf(spec.name)}-${spec.version}.dist-info`
  const record = [...files.map(([path]) => `${path},,`), `${stem}/RECORD,,`]
  for (const [path, text] of [...files, [`${stem}/RECORD`, `${record.join('\n')}\n`] as const]) {
    mkdirSync(dirname(`${site}/${path}`), { recursive: true })
    writeFileSync(`${site}/${path}`, text)
  }
}

/** What a package’s module is called here: `-` and `.` become `_`. */
export function moduleOf(name: string): string {
  return name.toLowerCase().replaceAll(/[-.]+/g, '_')
}

function filesOf(spec: WheelSpec, by: string): readonly (readonly [string, string])[] {
  const { name, version, files = {}, scripts } = spec
  const info = `${moduleOf(name)}-${version}.dist-info`
  const points = Object.entries(scripts ?? {}).map(([script, target]) => `${script} = ${target}\n`)
  return [
    [`${moduleOf(name)}/__init__.py`, `__version__ = "${version}"\n`] as const,
    ...Object.entries(files),
    [`${info}/METADATA`, metadataOf(spec)] as const,
    [
      `${info}/WHEEL`,
      'Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ] as const,
    ...(points.length === 0
      ? []
      : [[`${info}/entry_points.txt`, `[console_scripts]\n${points.join('')}`] as const]),
    ...(by === 'wheel' ? [] : [[`${info}/INSTALLER`, `${by}\n`] as const]),
  ].filter(([path], at, all) => all.findLastIndex(([other]) => other === path) === at)
}

function metadataOf({ name, version, requires = [], requiresPython }: WheelSpec): string {
  const lines = [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    `Version: ${version}`,
    ...(requiresPython === undefined ? [] : [`Requires-Python: ${requiresPython}`]),
    ...requires.map((line) => `Requires-Dist: ${line}`),
  ]
  return `${lines.join('\n')}\n`
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
