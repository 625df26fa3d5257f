import { readFileSync } from 'node:fs'

/** System calls that say which programs were run and who was asked on the network. */
export const PROGRAMS_AND_PEERS = 'execve,execveat,connect,sendto,sendmsg,sendmmsg'

/** What strace saw. */
export type Trace = {
  /** Every program that was to be run, from comfy-init on. */
  readonly programs: readonly { readonly file: string; readonly line: string }[]
  /** Addresses of the internet families that were connected or sent to. */
  readonly peers: readonly string[]
}

/** Reads what strace wrote of a container with these calls. */
export function readTrace(file: string): Trace {
  const lines = readFileSync(file, 'utf8').split('\n')
  const execs = lines.flatMap((line) => {
    const found = /^\d+ +execve(?:at)?\((?:\d+, )?"([^"]*)"/.exec(line)?.[1]
    return found === undefined ? [] : [{ file: found, line }]
  })
  const start = execs.findIndex((each) => each.file === '/usr/local/bin/comfy-init')
  const peers = lines.flatMap((line) => {
    const found = /inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"/.exec(line)
    return found === null ? [] : [found[1] ?? found[2] ?? '']
  })
  return { programs: execs.slice(start), peers }
}

/** The programs in their order, each once in a row; what leads to our own reaper is called so. */
export function programsOf({ programs }: Trace): readonly string[] {
  const names = programs.map(({ file }) => (/\/fd\/|tini/.test(file) ? 'reaper' : file))
  return names.filter((name, at) => name !== names[at - 1])
}
