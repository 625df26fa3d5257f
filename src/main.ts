import { exitOnEarlySignal } from './host/reaper/early-signal.ts'
import { becomeChildOfReaper } from './host/reaper.ts'

// As PID 1 this line does not return where a reaper can be had: the process image is replaced and the program starts
// once more as the reaper's child. Everything else is loaded behind it, so that the first start stays small.
const reaper = becomeChildOfReaper()

// Packages send USR1 to reopen logs; its default action would end us.
process.on('SIGUSR1', () => {})

const parts = Promise.all([import('./cli/main.ts'), import('./host/host.ts'), import('./http/doors.ts')])
parts.then(async ([{ main }, { realHost }, { doorsOn }]) => {
  // Without a reaper we are PID 1 ourselves, and a signal that came before anybody listened left only its trace.
  if (process.pid === 1) exitOnEarlySignal()
  const host = realHost(reaper)
  process.exit(await main(host, process.argv.slice(2), doorsOn(host)))
})
