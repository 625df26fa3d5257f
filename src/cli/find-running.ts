import { CONTROL_SOCKET, runtimeFolders } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import type { FollowEnd, Followed } from '../host/follow.ts'
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
  return firstOf(settings, orTcp, (door) => host.net.ask({ ...door, path, method, timeoutMs }))
}

/** Hands on what the running comfy-init answers, as it comes. Throws NOT_RUNNING when nobody answers. */
export async function followRunning(
  host: Host,
  settings: Settings,
  followed: Pick<Followed, 'path' | 'signal' | 'onPart' | 'onDrain'>,
): Promise<FollowEnd> {
  return firstOf(settings, true, (door) => host.net.follow({ ...door, ...followed, timeoutMs: READ_MS }))
}

/** What to ask; `orTcp` also tries the open address, which only reads. */
export type Question = {
  readonly path: string
  readonly method?: string
  readonly timeoutMs?: number
  readonly orTcp?: boolean
}

const READ_MS = 5000

type Door = { readonly socket: string } | { readonly host: string; readonly port: number }

async function firstOf<T>(
  settings: Settings,
  orTcp: boolean,
  ask: (door: Door) => Promise<T | undefined>,
): Promise<T> {
  const sockets = socketCandidates(settings).map((socket) => ({ socket }))
  const tcp = { host: ownAddress(settings.httpListen), port: settings.httpPort }
  const doors: readonly Door[] = orTcp ? [...sockets, tcp] : sockets
  for (const door of doors) {
    const answer = await ask(door)
    if (answer !== undefined) return answer
  }
  const tried = doors.map((door) => ('socket' in door ? door.socket : `${door.host}:${door.port}`))
  throw new Problem('NOT_RUNNING', { instance: settings.instance, tried })
}

function ownAddress(listen: string): string {
  return listen === '0.0.0.0' ? '127.0.0.1' : listen === '::' ? '::1' : listen
}
