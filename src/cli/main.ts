import type { OpenDoors } from '../app/doors.ts'
import { Problem } from '../base/problem.ts'
import type { Host } from '../host/host.ts'
import { type Desk, realActs } from './desk.ts'
import { health } from './health.ts'
import { passThrough } from './pass-through.ts'
import { route } from './route.ts'
import { showThrown } from './show-problems.ts'

/** Longest wait for the last lines to leave the process, milliseconds. */
const FLUSH_MS = 2000

/** Exit code of a command whose answer could not be written, as coreutils end then. */
const OUTPUT_LOST = 1

/** The command line of comfy-init, from its words to its exit code. Never rejects: whatever is thrown is shown here, once. */
export async function main(host: Host, argv: readonly string[], openDoors: OpenDoors): Promise<number> {
  return answer({ host, openDoors, acts: realActs }, argv)
}

/** The same with the acts to use. */
export async function answer(desk: Desk, argv: readonly string[]): Promise<number> {
  const { host } = desk
  const code = await follow(desk, argv).catch((error: unknown) => {
    const asJson = route(argv).to === 'command' && argv.includes('--json')
    return showThrown(host, error, { asJson })
  })
  await host.out.flush(FLUSH_MS)
  return heard(host, argv, code)
}

// Whoever asked for words that went nowhere must not take the answer for one. The boot and programs have codes of their own.
async function heard(host: Host, argv: readonly string[], code: number): Promise<number> {
  const { to } = route(argv)
  const lostBy = host.out.lostBy?.()
  const isOurs = to === 'health' || (to === 'command' && argv[0] !== 'run' && argv[0] !== 'exec')
  if (code !== 0 || !isOurs || lostBy === undefined) return code
  await showThrown(host, new Problem('OUTPUT_LOST', { code: lostBy }), { asJson: false })
  await host.out.flush(FLUSH_MS)
  return OUTPUT_LOST
}

async function follow(desk: Desk, argv: readonly string[]): Promise<number> {
  const way = route(argv)
  switch (way.to) {
    case 'boot':
      return desk.acts.boot(desk.host, { flags: {}, comfyArgs: way.comfyArgs, openDoors: desk.openDoors })
    case 'flags-first':
      ;(await import('./flags-first.ts')).refuseFlagsFirst(way.argv)
      return desk.acts.boot(desk.host, { flags: {}, comfyArgs: way.argv, openDoors: desk.openDoors })
    case 'health':
      return health(desk.host, { live: way.live, json: false })
    case 'program':
      return passThrough(desk.host, way)
    case 'command':
      return (await import('./program.ts')).runCommand(desk, way.argv)
  }
}
