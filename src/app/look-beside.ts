import { CONTROL_SOCKET, runtimeFolders } from '../base/layout.ts'
import type { Facts } from '../facts/facts.ts'
import { lookAround } from '../facts/look-around.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'

/** How long a running comfy-init may take to answer, milliseconds. */
const ANSWER_MS = 2000

/** Looks around beside a comfy-init that may be running here: the ports that it holds itself are no obstacle. */
export async function lookBeside(host: Host, settings: Settings): Promise<Facts> {
  const facts = await lookAround(host, settings)
  if (!(await isRunning(host, settings))) return facts
  return { ...facts, ports: facts.ports.map((port) => ({ ...port, free: true })) }
}

async function isRunning(host: Host, { runtimeFolder, instance }: Settings): Promise<boolean> {
  const sockets = runtimeFolders(runtimeFolder, instance).map((folder) => `${folder}/${CONTROL_SOCKET}`)
  const asked = sockets.map((socket) => host.net.ask({ socket, path: '/health', timeoutMs: ANSWER_MS }))
  return (await Promise.all(asked)).some((answer) => answer?.status === 200)
}
