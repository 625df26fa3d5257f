import { layoutOf } from '../../../src/base/layout.ts'
import { takeLock } from '../../../src/features/workspace/lock.ts'
import { realHost } from '../../../src/host/host.ts'

// Takes the lock of the workspace that is named, says what came of it, and stays until it is killed or its input ends.
const [, , workspace = '', filesystem] = process.argv
const taken = await takeLock(realHost(), { layout: layoutOf(workspace), instance: 'comfy', filesystem })
process.stdout.write(`${taken.state}\n`)
process.stdin.resume()
process.stdin.on('end', async () => {
  if (taken.state === 'held') await taken.lock.release()
  process.exit(0)
})
