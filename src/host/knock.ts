import { connect } from 'node:net'

/** What a knock at a port gave: a connection, a refusal because nobody listens there, or nothing in time. */
export type Knock = 'taken' | 'refused' | 'unanswered'

/** Connects and leaves again. A program that is too busy to take a connection is not refused: the system keeps it waiting. */
export function knock(host: string, port: number, timeoutMs: number): Promise<Knock> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const done = (found: Knock) => {
      socket.destroy()
      resolve(found)
    }
    socket.once('connect', () => done('taken'))
    socket.once('timeout', () => done('unanswered'))
    socket.once('error', (error) =>
      done('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'unanswered'),
    )
  })
}
