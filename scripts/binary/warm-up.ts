// Runs the second half of the program as the binary does and writes V8's code cache: once after loading it, and again,
// with all that the command compiled on its way, when the process ends.
import { readFileSync, writeFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { programFrame } from '../../src/host/embedded-program.ts'

type Program = {
  readonly './cli/main.ts': Pick<typeof import('../../src/cli/main.ts'), 'main'>
  readonly './host/host.ts': Pick<typeof import('../../src/host/host.ts'), 'realHost'>
  readonly './http/doors.ts': Pick<typeof import('../../src/http/doors.ts'), 'doorsOn'>
}

const [node = '', , app = '', output = '', ...words] = process.argv
process.argv = [node, node, ...words]

const script = new Script(programFrame(readFileSync(app, 'latin1')), { filename: 'comfy-init.cjs' })
const writeCache = () => writeFileSync(output, script.createCachedData())
const module = { exports: {} as Program }
script.runInThisContext()(module.exports, process.getBuiltinModule, module)
const host = module.exports['./host/host.ts'].realHost()
const openDoors = module.exports['./http/doors.ts'].doorsOn(host)
writeCache()
process.on('exit', writeCache)
process.exit(await module.exports['./cli/main.ts'].main(host, words, openDoors))
