import type { Net } from '../host/net.ts'
import type { PortFact } from './facts.ts'
import type { Sought } from './sought.ts'

/** The ports of a boot, each tried by listening on it; one after the other, since two of them may be the same. */
export async function lookPorts(net: Net, sought: Sought): Promise<readonly PortFact[]> {
  const found: PortFact[] = []
  for (const wanted of portsOf(sought)) {
    const fault = await net.listenFault(wanted.address, wanted.port)
    found.push(fault === undefined ? { ...wanted, free: true } : { ...wanted, free: false, fault })
  }
  return found
}

function portsOf(sought: Sought): readonly Omit<PortFact, 'free'>[] {
  const comfyui = {
    use: 'comfyui',
    setting: 'COMFY_PORT',
    address: sought.listen,
    port: sought.port,
  } as const
  const jupyter = {
    use: 'jupyter',
    setting: 'COMFY_JUPYTER_PORT',
    address: sought.listen,
    port: sought.jupyterPort,
  } as const
  const http = {
    use: 'http',
    setting: 'COMFY_HTTP_PORT',
    address: sought.httpListen,
    port: sought.httpPort,
  } as const
  return sought.jupyter ? [comfyui, jupyter, http] : [comfyui, http]
}
