import { until } from '../support/until.ts'

/** A message as the test sees it: `name` tells apart what only its data tells apart. */
export type Message = { readonly name: string; readonly data: unknown }

/** A WebSocket client that keeps everything it was told. */
export type Listener = {
  readonly messages: readonly Message[]
  readonly names: () => string
  readonly send: (data: unknown) => void
  readonly heard: (name: string, times?: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** Connects and waits for the first message, which is always a status. */
export async function listenTo(url: string, clientId?: string): Promise<Listener> {
  const query = clientId === undefined ? '' : `?clientId=${clientId}`
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws${query}`)
  socket.binaryType = 'arraybuffer'
  const messages: Message[] = []
  socket.addEventListener('message', (event) => messages.push(readMessage(event.data)))
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  const count = (name: string) => messages.filter((message) => message.name === name).length
  const heard = async (name: string, times = 1) => {
    await until(() => count(name) >= times, `${times} × ${name}, heard ${names(messages)}`)
  }
  await heard('status+sid')
  return {
    messages,
    names: () => names(messages),
    send: (data) => socket.send(typeof data === 'string' ? data : JSON.stringify(data)),
    heard,
    close: async () => {
      socket.close()
      await closed
    },
  }
}

function names(messages: readonly Message[]): string {
  return messages.map((message) => message.name).join(' ')
}

function readMessage(data: unknown): Message {
  if (data instanceof ArrayBuffer) return { name: `preview-${new DataView(data).getUint32(0)}`, data }
  const { type, data: inner } = JSON.parse(String(data))
  if (type === 'status' && 'sid' in inner) return { name: 'status+sid', data: inner }
  if (type === 'executing' && inner.node === null) return { name: 'executing-null', data: inner }
  return { name: type, data: inner }
}
