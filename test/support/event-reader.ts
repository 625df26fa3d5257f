import { get, type IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { eventReader, type SentEvent } from '../../src/cli/read-events.ts'

/** Somebody who reads /events over TCP. */
export type EventReader = {
  readonly status: number
  readonly answer: IncomingMessage
  /** All that came so far. */
  readonly sent: readonly SentEvent[]
  /** True once the other side has closed. */
  readonly isOver: () => boolean
}

/** Asks for /events and reads on until the test is finished. */
export function readEvents(port: number, path = '/events'): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      const { push } = eventReader()
      const sent: SentEvent[] = []
      let isOver = false
      answer.on('data', (part: Buffer) => sent.push(...push(part)))
      answer.on('error', () => {})
      answer.on('close', () => {
        isOver = true
      })
      resolve({ status: answer.statusCode ?? 0, answer, sent, isOver: () => isOver })
    })
    asked.on('error', reject)
    onTestFinished(() => void asked.destroy())
  })
}
