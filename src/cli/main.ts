import type { OpenDoors } from '../app/doors.ts'
import type { Host } from '../host/host.ts'
import { type Desk, realActs } from './desk.ts'
import { health } from './health.ts'
import { passThrough } from './pass-through.ts'
import { route } from './route.ts'
import { showThrown } from './show-problems.ts'

/** Longest wait for the last lines to leave the process, milliseconds. */
const FLUSH_MS = 2000

/** The command line of comfy-init, from its words to its exit code. Never rejects: whatever is thrown is shown here, once. */
export async function main(host: Host, argv: readonly string[], openDoors: OpenDoors): Promise<number> {
  return answer({ host, openDoors, acts: realActs }, argv)
}

/** The same with the acts to use. */
export async function answer(desk: Desk, argv: readonly string[]): Promise<number> {
  const { host } = desk
  try {
    return await follow(desk, argv)
  } catch (error) {
    const asJson = route(argv).to === 'command' && argv.includes('--json')
    return await showThrown(host, error, { asJson })
  } finally {
    await host.out.flush(FLUSH_MS)
  }
}

async function follow(desk: Desk, argv: readonly string[]): Promise<number> {
  const way = route(argv)
  switch (way.to) {
    case 'boot':
      return desk.acts.boot(desk.host, { flags: {}, comfyArgs: way.comfyArgs, openDoors: desk.openDoors })
    case 'health':
      return health(desk.host, { live: way.live, json: false })
    case 'program':
      return passThrough(desk.host, way)
    case 'command':
      return (await import('./program.ts')).runCommand(desk, way.argv)
  }
}
