import { makeBus } from '../../../src/base/event.ts'
import { superviseAll } from '../../../src/features/supervise/supervise.ts'
import { realHost } from '../../../src/host/host.ts'

/** supervise-one.ts FOLDER FILE ARGS…: supervises one program with this process's own log until TERM; its log file is FOLDER/stub.log. */
const [folder = '', file = '', ...args] = process.argv.slice(2)
const host = realHost()
const bus = makeBus()
const supervisor = superviseAll(
  host,
  [
    {
      name: 'stub',
      title: 'Stub',
      file,
      args,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      cwd: folder,
      essential: true,
      stop: [{ signal: 'SIGKILL', graceMs: 1000 }],
      restart: { when: 'never', limit: 1, windowMs: 1, firstDelayMs: 1, mostDelayMs: 1, hopeless: [] },
      ready: { host: '127.0.0.1', port: 9, path: '/' },
      logFile: `${folder}/stub.log`,
    },
  ],
  { tell: bus.tell },
)
host.signals.on('SIGTERM', async () => {
  await supervisor.stopAll(1000)
  process.exit(0)
})
const ended = await supervisor.ended
await supervisor.stopAll(0)
await host.out.flush(2000)
process.exit(ended.code ?? 1)
