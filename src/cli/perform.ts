import type { CommandName } from './commands.ts'
import type { Desk, Typed } from './desk.ts'

/** Runs one command of ours and resolves with its exit code. Each is loaded only when it is asked for. */
export async function perform(desk: Desk, name: CommandName, typed: Typed): Promise<number> {
  switch (name) {
    case 'run':
      return desk.acts.boot(desk.host, {
        flags: typed.flags,
        comfyArgs: typed.words,
        openDoors: desk.openDoors,
      })
    case 'plan':
      return (await import('./plan.ts')).plan(desk, typed)
    case 'doctor':
      return (await import('./doctor.ts')).doctor(desk, typed)
    case 'explain':
      return (await import('./explain.ts')).explainOptions(desk, typed)
    case 'status':
      return (await import('./status.ts')).status(desk, typed)
    case 'health':
      return (await import('./health.ts')).health(desk.host, typed)
    case 'restart':
    case 'stop':
    case 'start':
      return (await import('./control.ts')).control(desk, name, typed)
    case 'logs':
      return (await import('./logs.ts')).logs(desk, typed)
    case 'deaths':
      return (await import('./deaths.ts')).deaths(desk, typed)
    case 'events':
      return (await import('./events.ts')).events(desk, typed)
    case 'workspace':
      return (await import('./workspace.ts')).workspace(desk, typed)
    case 'nodes':
      return (await import('./nodes.ts')).nodes(desk, typed)
    case 'version':
      return (await import('./version.ts')).showVersion(desk.host, typed)
    case 'exec': {
      const [program = '', ...args] = typed.words
      return (await import('./pass-through.ts')).passThrough(desk.host, { name: program, args })
    }
    case 'completion':
      return (await import('./completion.ts')).completion(desk.host, typed)
  }
}
