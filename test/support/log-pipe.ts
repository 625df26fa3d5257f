import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A named pipe that a container's log goes into, and its reader: it reads nothing until it is told to. */
export type LogPipe = {
  readonly path: string
  readonly reader: Socket
  /** To be called once the container has the pipe open: from then on the reader sees its end. */
  readonly hasWriter: () => void
  /** Writes spaces until the pipe takes no more. */
  readonly fill: () => void
}

/** Makes a named pipe in a folder. */
export function makeLogPipe(folder: string, name: string): LogPipe {
  const path = `${folder}/${name}`
  execFileSync('mkfifo', ['-m', '666', path])
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  // Without any writer a reader is at the end at once.
  let own: number | undefined = openSync(path, constants.O_WRONLY)
  const hasWriter = () => {
    if (own !== undefined) closeSync(own)
    own = undefined
  }
  const reader = new Socket({ fd, readable: true, writable: false })
  reader.pause()
  onTestFinished(() => {
    hasWriter()
    reader.destroy()
  })
  const fill = () => {
    const full = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
    // More than a pipe holds: what fits is taken.
    writeSync(full, Buffer.alloc(4_000_000, ' '))
    closeSync(full)
  }
  return { path, reader, hasWriter, fill }
}
