import * as net from 'node:net'
import { getSystemErrorName } from 'node:util'
import { systemCode } from '../base/problem.ts'

/** Why nobody can listen at an address and a port now: the system's code; undefined when somebody can. */
export async function listenFault(address: string, port: number): Promise<string | undefined> {
  const bind: unknown = Reflect.get(net, '_createServerHandle')
  return isBind(bind) && net.isIPv4(address) ? bindFault(bind, { address, port }) : serverFault(address, port)
}

/** What a server of Node's listens by: undocumented, and as it is since Node 0.6. */
type Bind = (address: string, port: number, family: 4) => Bound | number
type Bound = { readonly listen: (waiting: number) => number; readonly close: () => void }

function isBind(found: unknown): found is Bind {
  return typeof found === 'function'
}

// A server asks whether the address is one of IPv6, by a regular expression that takes 7 ms to compile.
function bindFault(bind: Bind, { address, port }: { address: string; port: number }): string | undefined {
  const bound = bind(address, port, 4)
  if (typeof bound === 'number') return getSystemErrorName(bound)
  const code = bound.listen(1)
  bound.close()
  return code === 0 ? undefined : getSystemErrorName(code)
}

function serverFault(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', (error) => resolve(systemCode(error) ?? error.message))
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
