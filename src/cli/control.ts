import { Problem } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import type { Settings } from '../settings/settings.ts'
import type { Desk, Typed } from './desk.ts'
import { askRunning } from './find-running.ts'
import { json } from './print.ts'

const DONE = { start: 'is starting', restart: 'is starting again', stop: 'has stopped' } as const

/** A stop may take as long as its ladder, and a little more for the answer. */
const MARGIN_MS = 5000

/** `comfy-init restart|stop|start SERVICE`, over the control socket. Throws SERVICE_NOT_FOUND, NOT_RUNNING. */
export async function control(
  desk: Desk,
  act: 'restart' | 'stop' | 'start',
  { flags, words, json: asJson }: Typed,
): Promise<number> {
  const { host, acts } = desk
  const [service = ''] = words
  const { settings } = await acts.ask(host, { flags, comfyArgs: [] })
  const path = `/services/${encodeURIComponent(service)}/${act}`
  const timeoutMs = settings.stopGraceMs + MARGIN_MS
  const answer = await askRunning(host, settings, { path, method: 'POST', timeoutMs })
  if (answer.status === 409)
    throw new Problem('SERVICE_BUSY', { service, act, because: messageIn(answer.body) })
  if (answer.status === 404) throw await serviceNotFound(desk, settings, service)
  if (answer.status !== 200) throw new Problem('DOOR_ANSWER', { path, ...answer })
  host.out.stdout(asJson ? json({ service, act }) : `${service} ${DONE[act]}.\n`)
  return 0
}

/** The problem of a service that the running comfy-init does not have, with the name that was probably meant. */
export async function serviceNotFound({ host }: Desk, settings: Settings, service: string): Promise<Problem> {
  const { body } = await askRunning(host, settings, { path: '/services' })
  const { services = [] }: { readonly services?: readonly string[] } = JSON.parse(body)
  return new Problem('SERVICE_NOT_FOUND', { service, services, near: nearest(service, services) })
}

function messageIn(body: string): string {
  const { error }: { readonly error: { readonly message: string } } = JSON.parse(body)
  return error.message
}
