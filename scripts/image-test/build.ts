import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Asked } from './asked.ts'
import type { ComfySource, Version } from './comfyui.ts'
import type { Engine } from './engine.ts'
import { type Candidate, type ImagePlan, PREFIX } from './plan.ts'
import { showProgress } from './progress.ts'
import { lastLine, runProgram } from './said.ts'
import { STATE, takeFolder } from './state.ts'

const TOP = join(import.meta.dirname, '../..')

/** After how long a build is ended, in milliseconds: PyTorch over a slow line takes its time. */
export const BUILD_LIMIT_MS = 3_600_000

/** What an image is built from. */
export type Building = {
  readonly asked: Asked
  readonly engine: Engine
  readonly base: string
  readonly source: ComfySource
}

/** Builds the image, the same with a newer ComfyUI, and the one for NVIDIA’s GPUs as far as it can be built without them. */
export async function buildImages(building: Building): Promise<ImagePlan['images']> {
  const { asked, source } = building
  const cpu = await build(building, { name: 'cpu', file: asked.file, version: source.current })
  if ('missing' in cpu) return { cpu, newer: cpu, cuda: cpu }
  const newer = await build(building, { name: 'newer', file: asked.file, version: source.newer })
  const cuda = await build(building, { name: 'cuda', file: 'Dockerfile.cuda', version: source.current })
  return { cpu, newer, cuda }
}

type Wanted = { readonly name: 'cpu' | 'newer' | 'cuda'; readonly file: string; readonly version: Version }

async function build(building: Building, { name, file, version }: Wanted): Promise<Candidate> {
  const { base, source, engine } = building
  const tag = `localhost/${PREFIX}/comfyui:${name}`
  const from = {
    BASE: base,
    COMFYUI_REPOSITORY: source.url,
    COMFYUI_REF: version.ref,
    COMFYUI_COMMIT: version.commit,
  }
  const args = Object.entries({ ...from, ...whatElse(building, name) }).flatMap(([key, value]) => [
    '--build-arg',
    `${key}=${value}`,
  ])
  const startMs = performance.now()
  const [program = '', ...before] = builder(engine)
  const progress = showProgress(`building ${name} from ${file}`, `${takeFolder(STATE)}/build-${name}.log`)
  const said = await runProgram(program, [...before, ...args, '--file', file, '--tag', tag, '.'], {
    ...{ cwd: TOP, limitMs: BUILD_LIMIT_MS, heard: progress.heard },
  })
  progress.end()
  console.log(`  ${tag} ${said.code === 0 ? '' : 'NOT '}built in ${seconds(startMs)}`)
  if (said.code === 0) return { name: tag }
  console.log(`${said.out}${said.err}`.split('\n').slice(-25).join('\n'))
  return { missing: `${file} cannot be built: ${lastLine(said)}` }
}

// PyTorch is gigabytes: it is left out beside the stand-in, and where only the shape of an image is looked at.
function whatElse({ asked, source }: Building, name: Wanted['name']): Readonly<Record<string, string>> {
  const bare = source.standIn || name === 'cuda'
  const torch = asked.torch ?? (bare ? '' : undefined)
  const nodes = asked.nodes ?? (bare ? '' : undefined)
  return {
    ...(torch === undefined ? {} : { TORCH: torch }),
    ...(torch === '' || torch === undefined ? {} : { TORCH_INDEX: 'none' }),
    ...(nodes === undefined ? {} : { NODES: nodes }),
    ...(bare ? { WITH_JUPYTER: 'false' } : {}),
    VERSION: 'test',
  }
}

/** The command that builds, with the options that hold for every image. */
export function builder({ build: program }: Engine): readonly string[] {
  if (program === 'docker') return ['docker', 'build', '--network=host']
  // HEALTHCHECK exists in Docker’s format alone. chroot asks nothing of the machine that a nested one refuses.
  const isolation = process.getuid?.() === 0 ? ['--isolation=chroot'] : []
  const options = ['--network=host', '--format=docker', '--layers', ...isolation]
  return program === 'podman' ? ['podman', 'build', ...options] : ['buildah', 'bud', ...options]
}

/** Milliseconds since a moment, as seconds for people. */
export function seconds(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`
}

/** Whether the binary that goes into images is there. */
export function hasBinary(): boolean {
  return existsSync(join(TOP, `dist/comfy-init-linux-${process.arch}`))
}
