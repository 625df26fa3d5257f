import type { Host } from '../host/host.ts'
import { socketCandidates } from './find-running.ts'
import { json } from './print.ts'

/** A probe that takes longer than this is a failed one, milliseconds. */
const TIMEOUT_MS = 3000

/**
 * The container's health probe: 0 when ComfyUI answers (`live`: when comfy-init does), 1 when not, and one line why. It
 * reads the environment alone, so that it stays small; a port set in a file or by a flag is found over the control socket.
 */
export async function health(host: Host, { live, json: asJson }: Probe): Promise<number> {
  const address = probeAddress(host.env)
  const path = live ? '/livez' : '/readyz'
  const answer =
    (await host.net.ask({ ...address, path, timeoutMs: TIMEOUT_MS })) ?? (await askSockets(host, path))
  const ok = answer?.status === 200
  const reason =
    answer === undefined ? `nobody answers at ${address.host}:${address.port}` : reasonIn(answer.body)
  if (asJson) host.out.stdout(json({ ok, ...(ok || reason === '' ? {} : { reason }) }))
  else host.out.stdout(ok ? `${live ? 'alive' : 'ready'}\n` : `not ready: ${reason}\n`)
  return ok ? 0 : 1
}

/** What to probe, and how to tell. */
export type Probe = { readonly live: boolean; readonly json: boolean }

/** Where the status is served, as the environment alone tells; an address for all interfaces is asked on this machine's own. */
export function probeAddress(env: Host['env']): { readonly host: string; readonly port: number } {
  const listen = env.COMFY_HTTP_LISTEN || '127.0.0.1'
  const host = listen === '0.0.0.0' ? '127.0.0.1' : listen === '::' ? '::1' : listen
  const port = Number(env.COMFY_HTTP_PORT || env.PORT || 3000)
  return { host, port: Number.isInteger(port) && port > 0 && port < 65536 ? port : 3000 }
}

async function askSockets(host: Host, path: string) {
  const places = { runtimeFolder: host.env.COMFY_RUNTIME_DIR || undefined }
  for (const socket of socketCandidates({ ...places, instance: host.env.COMFY_INSTANCE_ID || 'comfy' })) {
    const answer = await host.net.ask({ socket, path, timeoutMs: TIMEOUT_MS })
    if (answer !== undefined) return answer
  }
  return undefined
}

function reasonIn(body: string): string {
  try {
    const { reason }: { readonly reason?: unknown } = JSON.parse(body)
    return typeof reason === 'string' ? reason : ''
  } catch {
    return body.slice(0, 200)
  }
}
