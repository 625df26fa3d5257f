import { Problem } from '../../base/problem.ts'
import type { Facts, PortFact, Who } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

const NAMES: Readonly<Record<PortFact['use'], string>> = {
  comfyui: 'ComfyUI',
  jupyter: 'JupyterLab',
  http: 'the status page',
}

/** Every port must be free, and its address one of this machine's; why one is not, the system's answer to binding tells. */
export function checkPorts(_: Settings, { ports, who }: Facts): readonly Problem[] {
  return [...twice(ports), ...busy(ports, who)]
}

function twice(ports: readonly PortFact[]): readonly Problem[] {
  const shared = Map.groupBy(ports, ({ port }) => port)
  return [...shared].flatMap(([port, users]) => {
    const uses = users.map(({ use }) => NAMES[use])
    const settings = users.map(({ setting }) => setting)
    return users.length < 2 ? [] : [new Problem('PORT_TWICE', { port, uses, settings })]
  })
}

function busy(ports: readonly PortFact[], who: Who): readonly Problem[] {
  const taken = ports.filter((each) => !each.free)
  return taken
    .filter((each, at) => !isAddressAt(each) || taken.findIndex((one) => isSameAddress(one, each)) === at)
    .map((each) => problemOf(each, who))
}

function problemOf({ use, setting, address, port, fault }: PortFact, { target }: Who): Problem {
  const name = NAMES[use]
  if (fault === undefined || fault === 'EADDRINUSE')
    return new Problem('PORT_BUSY', { use: name, setting, address, port })
  if (isAddressFault(fault))
    return new Problem('ADDRESS_UNUSABLE', { use: name, setting: ADDRESSES[use], address, code: fault })
  return fault === 'EACCES' && port < 1024
    ? new Problem('PORT_PRIVILEGED', { use: name, setting, port, us: target })
    : new Problem('PORT_REFUSED', { use: name, setting, address, port, code: fault })
}

const ADDRESSES: Readonly<Record<PortFact['use'], string>> = {
  comfyui: 'COMFY_LISTEN',
  jupyter: 'COMFY_LISTEN',
  http: 'COMFY_HTTP_LISTEN',
}

// One address that cannot be had is one problem, however many ports were to be on it.
function isSameAddress(a: PortFact, b: PortFact): boolean {
  return isAddressAt(a) && a.address === b.address && ADDRESSES[a.use] === ADDRESSES[b.use]
}

function isAddressAt({ fault = '' }: PortFact): boolean {
  return isAddressFault(fault)
}

/** No interface has it, no such name, or a kind of address that this kernel does not know. */
function isAddressFault(code: string): boolean {
  return ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAFNOSUPPORT', 'EINVAL'].includes(code) || code.startsWith('EAI_')
}
