// Runs the second half of the program as the binary does and writes V8's code cache: once after loading it, after each
// command with all that this compiled on its way, and at the end. The words behind the output are the commands: `boot` is
// a whole one, from its start to its stop once ComfyUI is ready. Ends with 0 when each command came that far.
import { ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { Script } from 'node:vm'
import type { OpenDoors } from '../../src/app/doors.ts'
import { programFrame } from '../../src/host/embedded-program.ts'

type Program = {
  readonly './cli/main.ts': Pick<typeof import('../../src/cli/main.ts'), 'main'>
  readonly './host/host.ts': Pick<typeof import('../../src/host/host.ts'), 'realHost'>
  readonly './http/doors.ts': Pick<typeof import('../../src/http/doors.ts'), 'doorsOn'>
}

const LOOK_EVERY_MS = 10

const [node = '', , app = '', output = '', ...commands] = process.argv
process.argv = [node, node]

const script = new Script(programFrame(readFileSync(app, 'latin1')), { filename: 'comfy-init.cjs' })
// The boot becomes another user, who could not open it.
const file = openSync(output, 'w')
const module = { exports: {} as Program }
script.runInThisContext()(module.exports, process.getBuiltinModule, module)
const { main } = module.exports['./cli/main.ts']
const { realHost } = module.exports['./host/host.ts']
const { doorsOn } = module.exports['./http/doors.ts']
writeCache()
process.on('exit', writeCache)
let cameFar = true
for (const command of commands) {
  if (command === 'boot') cameFar = (await boot()) && cameFar
  // How it ends does not matter: doctor may well find problems on a build machine.
  else await run([command, '--json'], (open) => open)
  writeCache()
}
process.exit(cameFar ? 0 : 1)

async function boot(): Promise<boolean> {
  let isReady = false
  const code = await run([], (open) => (behind, places) => {
    const looking = setInterval(() => {
      const { phase } = behind.status()
      if (phase !== 'ready' && phase !== 'degraded') return
      clearInterval(looking)
      isReady = true
      process.kill(process.pid, 'SIGTERM')
    }, LOOK_EVERY_MS)
    looking.unref()
    return open(behind, places)
  })
  return isReady && code === 0
}

function run(words: readonly string[], watched: (open: OpenDoors) => OpenDoors): Promise<number> {
  const host = realHost()
  return main(host, words, watched(doorsOn(host)))
}

function writeCache(): void {
  const cache = script.createCachedData()
  ftruncateSync(file, 0)
  writeSync(file, cache, 0, cache.length, 0)
}
