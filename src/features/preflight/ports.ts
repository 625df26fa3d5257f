import { Problem } from '../../base/problem.ts'
import type { Facts, PortFact, Who } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

const NAMES: Readonly<Record<PortFact['use'], string>> = {
  comfyui: 'ComfyUI',
  jupyter: 'JupyterLab',
  http: 'the status page',
}

/** Every port must be free. Below 1024 an ordinary user may be refused as well; which of both, binding does not tell. */
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
  return ports
    .filter((each) => !each.free)
    .map(({ use, setting, address, port }) =>
      port < 1024 && who.target.uid !== 0
        ? new Problem('PORT_PRIVILEGED', { use: NAMES[use], setting, port, us: who.target })
        : new Problem('PORT_BUSY', { use: NAMES[use], setting, address, port }),
    )
}
