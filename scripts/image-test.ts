import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { startVitest } from 'vitest/node'
import { type Asked, readAsked } from './image-test/asked.ts'
import { findBase } from './image-test/base.ts'
import { buildImages, hasBinary, seconds } from './image-test/build.ts'
import { serveComfyUi } from './image-test/comfyui.ts'
import { dockerfileArgument } from './image-test/dockerfile-argument.ts'
import { type Engine, pickEngine, pruneOwnStore, useOwnStore } from './image-test/engine.ts'
import { removeLeftovers } from './image-test/leftovers.ts'
import { type Candidate, type ImagePlan, LABEL, PLAN_VARIABLE } from './image-test/plan.ts'
import { runProgram } from './image-test/said.ts'
import { type Tally, tableReporter } from './image-test/table.ts'
import { findWay, isOnWay, runAgain } from './image-test/way.ts'

/**
 * `npm run image-test`: builds the images with what this machine has, runs them for real, and checks what they promise.
 * What cannot be checked here is listed as skipped, with its reason.
 */

const TOP = join(import.meta.dirname, '..')
process.chdir(TOP)
process.exitCode = await testImage(readAsked(process.argv.slice(2)))

async function testImage(asked: Asked): Promise<number> {
  const engine = await pickEngine()
  console.log(`engine: ${engine.why}`)
  if (engine.run !== undefined && process.getuid?.() !== 0) {
    console.error(
      'Cannot give volumes to other users. Run it as root: sudo env "PATH=$PATH" npm run image-test',
    )
    return 69
  }
  if (engine.build !== 'docker' && engine.build !== undefined) await useOwnStore()
  const base = asked.image === undefined ? await findBase(asked, engine) : givenBase(asked)
  console.log(`base: ${'name' in base ? base.name : base.missing}`)
  const cannotRun = await waitForWay(engine, asked.image === undefined ? base : { name: asked.image })
  if (typeof cannotRun === 'number') return cannotRun
  const program = engine.run ?? 'podman'
  const end = () => asked.keep || cannotRun !== undefined || removeLeftovers(program)
  for (const [name, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const])
    process.once(name, () => {
      end()
      process.exit(code)
    })
  end()
  await pruneOwnStore()
  try {
    const images = await imagesOf(asked, engine, base)
    const label = `${LABEL}=${process.pid}`
    const { keep, file } = asked
    return await check(asked, { ...images, program, label, cannotRun, base, keep, file })
  } finally {
    end()
  }
}

function givenBase({ base }: Asked): Candidate {
  return base === undefined ? { missing: 'nothing was built, and none was given (--base)' } : { name: base }
}

// A number is the exit code of ourselves, run again where containers run; a text says why none does.
async function waitForWay({ run, why }: Engine, image: Candidate): Promise<number | string | undefined> {
  if (run === undefined) return why
  if (run === 'docker') return undefined
  if ('missing' in image) return `there is no image to try it with: ${image.missing}`
  const way = await findWay(image.name)
  if ('none' in way) return way.none
  if (!isOnWay(way)) return runAgain(way)
  console.log(`containers: podman ${way.name}`)
  return undefined
}

async function imagesOf(
  asked: Asked,
  engine: Engine,
  base: Candidate,
): Promise<Pick<ImagePlan, 'images' | 'standIn'>> {
  const none = (missing: string) => ({ images: { cpu: { missing }, newer: { missing }, cuda: { missing } } })
  if (asked.image !== undefined) {
    const missing = 'no second image was given (--newer)'
    const newer = asked.newer === undefined ? { missing } : { name: asked.newer }
    const images = { cpu: { name: asked.image }, newer, cuda: { missing: 'nothing was built' } }
    return { images, standIn: await isStandIn(engine.run ?? 'podman', asked.image) }
  }
  if ('missing' in base) return { ...none(base.missing), standIn: false }
  if (!hasBinary()) throw new Error('Cannot find the binary in dist/. Type npm run binary.')
  const source = await serveComfyUi(asked.comfyui, dockerfileArgument(asked.file, 'COMFYUI_REF'))
  console.log(`ComfyUI: ${source.current.ref} and ${source.newer.ref} from ${source.from}`)
  try {
    return { images: await buildImages({ asked, engine, base: base.name, source }), standIn: source.standIn }
  } finally {
    await source.close()
  }
}

async function isStandIn(program: string, image: string): Promise<boolean> {
  const look = [
    'run',
    '--rm',
    '--network=host',
    '--entrypoint',
    'grep',
    image,
    'STANDIN_',
    '/opt/ComfyUI/main.py',
  ]
  return (await runProgram(program, look)).code === 0
}

async function check(asked: Asked, plan: ImagePlan): Promise<number> {
  process.env[PLAN_VARIABLE] = JSON.stringify(plan)
  const startMs = performance.now()
  const table = tableReporter()
  const json = asked.report === undefined ? [] : (['json'] as const)
  if (asked.report !== undefined) rmSync(asked.report, { force: true })
  const vitest = await startVitest('test', [...asked.only], {
    root: TOP,
    project: ['image'],
    watch: false,
    reporters: [table, ...json],
    ...(asked.report === undefined ? {} : { outputFile: asked.report }),
  })
  await vitest.close()
  console.log(`checked in ${seconds(startMs)}`)
  return codeOf(table.tally, plan, asked)
}

// What should have been built and was not is no check that could not run; nor is an image that was named, and a name that no check has.
function codeOf(tally: Tally, { images, base, cannotRun }: ImagePlan, asked: Asked): number {
  const { passed, failed, skipped } = tally
  const unbuilt = Object.values(images).flatMap((image) => ('missing' in image ? [image.missing] : []))
  const shouldBeBuilt = asked.image === undefined && 'name' in base
  if (shouldBeBuilt) for (const reason of new Set(unbuilt)) console.log(`FAILED  build: ${reason}`)
  if (cannotRun !== undefined) console.log(`NOTHING WAS RUN: ${cannotRun}`)
  const isVain = passed + failed + skipped === 0 || (asked.image !== undefined && cannotRun !== undefined)
  return isVain || failed > 0 || (shouldBeBuilt && unbuilt.length > 0) || (asked.strict && skipped > 0)
    ? 1
    : 0
}
