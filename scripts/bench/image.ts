import { parseArgs } from 'node:util'
import { pickEngine, useOwnStore } from '../image-test/engine.ts'
import { PREFIX } from '../image-test/plan.ts'
import { findWay, isOnWay, runAgain } from '../image-test/way.ts'
import { measureFirstBoots } from './image/first-boots.ts'
import { measureSize } from './image/size.ts'
import { measureWarmStarts } from './image/warm-starts.ts'

/**
 * `npm run bench image [-- --image NAME]`: what comfy-init adds to an image and to the starts of its containers. Without a name the
 * image that `npm run image-test` built is taken. ROUNDS and COLD_ROUNDS say how often is measured (15 and 3).
 */

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { image: { type: 'string', default: `localhost/${PREFIX}/comfyui:cpu` } },
})
process.exitCode = await measure(values.image)

async function measure(image: string): Promise<number> {
  const { run, why } = await pickEngine()
  if (run === undefined) {
    console.error(`Cannot run an image here. ${why}`)
    return 69
  }
  if (run === 'podman') {
    await useOwnStore()
    const way = await findWay(image)
    if ('none' in way) {
      console.error(
        `Cannot run ${image}. ${way.none}\nBuild it with npm run image-test, or name another: --image NAME.`,
      )
      return 69
    }
    if (!isOnWay(way)) return runAgain(way)
  }
  const bench = { program: run, image }
  console.log(`${image}, ${why}\n`)
  await measureSize(bench)
  await measureWarmStarts(bench, Number(process.env.ROUNDS ?? 15))
  await measureFirstBoots(bench, Number(process.env.COLD_ROUNDS ?? 3))
  return 0
}
