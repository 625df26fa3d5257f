import type { Host } from '../../host/host.ts'

/** Who listens on a port; nothing is known of a process of another container or of another user. */
export type Holder = { readonly pid?: number; readonly name?: string }

/** The sockets that listen on a TCP port, as `/proc/PID/fd` names them; undefined where /proc does not say. */
export async function listeningSockets(
  { fs }: Pick<Host, 'fs'>,
  port: number,
): Promise<ReadonlySet<string> | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => fs.readText(path).catch(() => undefined)),
  )
  if (tables.every((table) => table === undefined)) return undefined
  return new Set(tables.flatMap((table) => listening(table ?? '', port)))
}

/** The process that has one of these sockets. */
export async function holderOf({ fs }: Pick<Host, 'fs'>, sockets: ReadonlySet<string>): Promise<Holder> {
  const pids = ((await fs.list('/proc').catch(() => undefined)) ?? []).map(Number)
  for (const pid of pids.filter(Number.isInteger)) {
    if (!(await holds({ fs }, pid, sockets))) continue
    const name = (await fs.readText(`/proc/${pid}/comm`).catch(() => undefined))?.trim()
    return { pid, ...(name === undefined ? {} : { name }) }
  }
  return {}
}

/** State of a listening socket in proc(5), /proc/net/tcp. */
const LISTEN = '0A'

function listening(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    // number: local-address remote-address state queues timer retransmits uid timeout inode …
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    const isIt = state === LISTEN && local?.split(':')[1] === wanted
    return isIt && inode !== undefined ? [`socket:[${inode}]`] : []
  })
}

async function holds({ fs }: Pick<Host, 'fs'>, pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  const names = (await fs.list(folder).catch(() => undefined)) ?? []
  const targets = await Promise.all(
    names.map((name) => fs.readLink(`${folder}/${name}`).catch(() => undefined)),
  )
  return targets.some((target) => target !== undefined && sockets.has(target))
}
