import type { Host } from '../host/host.ts'

/** Aborted by Ctrl-C or TERM; the exit code is 128+n then, 0 until then. */
export type Asked = { readonly signal: AbortSignal; readonly exitCode: () => number }

/** Listens from now on for whoever asks a command that goes on for ever to end. */
export function untilAsked({ signals }: Pick<Host, 'signals'>): Asked {
  const asked = new AbortController()
  let exitCode = 0
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    signals.on(name, () => {
      exitCode = 128 + signals.number(name)
      asked.abort()
    })
  return { signal: asked.signal, exitCode: () => exitCode }
}
