import { CONTROL_SOCKET, runtimeFolders } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import type { Host } from '../host/host.ts'
import type { Answer } from '../host/net.ts'
import type { Settings } from '../settings/settings.ts'

/** Control sockets of an instance, in the order in which a start chooses among them. */
export function socketCandidates({ runtimeFolder, instance }: Pick<Settings, 'runtimeFolder' | 'instance'>) {
  return runtimeFolders(runtimeFolder, instance).map((folder) => `${folder}/${CONTROL_SOCKET}`)
}

/** Asks the running comfy-init over its control socket. Throws NOT_RUNNING when nobody answers. */
export async function askRunning(
  host: Host,
  settings: Settings,
  { path, method = 'GET', timeoutMs = READ_MS, orTcp = false }: Question,
): Promise<Answer> {
  const sockets = socketCandidates(settings)
  for (const socket of sockets) {
    const answer = await host.net.ask({ socket, path, method, timeoutMs })
    if (answer !== undefined) return answer
  }
  const tcp = { host: ownAddress(settings.httpListen), port: settings.httpPort }
  const answer = orTcp ? await host.net.ask({ ...tcp, path, method, timeoutMs }) : undefined
  if (answer !== undefined) return answer
  const tried = [...sockets, ...(orTcp ? [`${tcp.host}:${tcp.port}`] : [])]
  throw new Problem('NOT_RUNNING', { instance: settings.instance, tried })
}

/** What to ask; `orTcp` also tries the open address, which only reads. */
export type Question = {
  readonly path: string
  readonly method?: string
  readonly timeoutMs?: number
  readonly orTcp?: boolean
}

const READ_MS = 5000

function ownAddress(listen: string): string {
  return listen === '0.0.0.0' ? '127.0.0.1' : listen === '::' ? '::1' : listen
}
