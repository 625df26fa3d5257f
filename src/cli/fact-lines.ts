import type { Processes } from '../app/doctor.ts'
import { modeText, personText } from '../base/ids.ts'
import { columns, printable, sizeText } from '../base/text.ts'
import type { Facts, Limits, PortFact, Who, Workspace } from '../facts/facts.ts'

/** The machine as a person reads it: one line per thing, in groups with an empty line between. */
export function factLines(facts: Facts, { first, zombies }: Processes): string {
  const groups: readonly Rows[] = [
    [
      ['runtime', facts.runtime === 'none' ? containerText(facts.inContainer) : facts.runtime],
      ['PID 1', `${first ?? 'unknown'}${zombies === 0 ? '' : `, ${zombies} zombies`}`],
      ...limitRows(facts.limits),
      ...facts.ports.map(portRow),
    ],
    whoRows(facts.who),
    workspaceRows(facts.workspace),
    comfyRows(facts),
    gpuRows(facts),
    modelRows(facts),
  ]
  const filled = groups.filter((group) => group.length > 0)
  const rows = filled.flatMap((group, at): Rows => (at === 0 ? group : [['', ''], ...group]))
  return `${columns(printable(rows))}\n`
}

type Rows = readonly (readonly [string, string])[]

function containerText(inContainer: boolean): string {
  return inContainer ? 'a container of an unknown kind' : 'no container'
}

function limitRows({ memoryBytes, shmBytes, clockIsWrong }: Limits): Rows {
  return [
    ['memory', memoryBytes === undefined ? 'not limited' : `at most ${sizeText(memoryBytes)}`],
    ['/dev/shm', shmBytes === undefined ? 'unknown' : sizeText(shmBytes)],
    ...(clockIsWrong ? ([['clock', 'before this program was built']] as const) : []),
  ]
}

function portRow({ use, setting, address, port, free, fault }: PortFact): readonly [string, string] {
  return [`port ${port}`, `${free ? 'free' : inUseText(fault)} on ${address}, for ${use} (${setting})`]
}

function inUseText(fault = 'EADDRINUSE'): string {
  return fault === 'EADDRINUSE' ? 'in use' : `not to be had (${fault})`
}

function whoRows({ us, target, source, passwd, uidMap }: Who): Rows {
  const [first] = uidMap
  const isMapped =
    first !== undefined && (uidMap.length > 1 || first.outside !== 0 || first.count < 2 ** 32 - 1)
  const groups = us.groups.length === 0 ? '' : `, groups ${us.groups.join(' ')}`
  return [
    ['running as', `${personText(us)}${groups}`],
    ['ComfyUI as', `${personText(target, passwd?.name)} (${source})`],
    ...(isMapped
      ? ([
          ['user ids', uidMap.map((each) => `${each.inside}→${each.outside} (${each.count})`).join(', ')],
        ] as const)
      : []),
  ]
}

function workspaceRows({
  path,
  mount,
  isMount,
  mountsInside,
  entry,
  abilities,
  space,
  tree,
}: Workspace): Rows {
  const owner = entry === undefined ? 'absent' : `${personText(entry)}, ${modeText(entry.mode)}`
  const kind = isMount
    ? 'a mount'
    : mountsInside.length > 0
      ? `only ${mountsInside.join(', ')} mounted`
      : 'no mount'
  const filesystem =
    mount === undefined
      ? ''
      : `, ${mount.filesystem} from ${mount.source}${mount.readOnly ? ', read-only' : ''}`
  return [
    ['workspace', `${path}: ${owner}`],
    ['mount', `${kind}${filesystem}`],
    ...(abilities === undefined ? [] : ([['can', abilitiesText(abilities)]] as const)),
    ...(space === undefined ? [] : ([['free', spaceText(space)]] as const)),
    ['ComfyUI there', tree.state],
  ]
}

function abilitiesText(abilities: NonNullable<Workspace['abilities']>): string {
  const tried = [
    ['create', abilities.create],
    ['rename', abilities.rename],
    ['link', abilities.link],
  ] as const
  return tried.map(([what, code]) => (code === undefined ? what : `not ${what} (${code})`)).join(', ')
}

function spaceText({ freeBytes, freeInodes }: NonNullable<Workspace['space']>): string {
  return `${sizeText(freeBytes)}${freeInodes === undefined ? '' : `, ${freeInodes} inodes`}`
}

function comfyRows({ image, python }: Facts): Rows {
  const link = image?.linkTarget === undefined ? '' : ` → ${image.linkTarget}`
  const torch = python?.torch
  return [
    [
      'ComfyUI',
      image === undefined ? 'not found' : `${image.path}${link}, ${image.version ?? 'version unknown'}`,
    ],
    ['Python', python === undefined ? 'not found' : `${python.path}, ${python.version ?? 'version unknown'}`],
    ['torch', torch === undefined ? 'not found' : `${torch.version}, ${torchText(torch.cuda)}`],
    [
      'JupyterLab',
      python?.hasJupyter === undefined ? 'unknown' : python.hasJupyter ? 'installed' : 'not installed',
    ],
  ]
}

function torchText(cuda: string | undefined): string {
  return cuda === undefined ? 'for the CPU' : `for CUDA ${cuda}`
}

function gpuRows({ gpu }: Facts): Rows {
  if (gpu.devices.length === 0) return [['GPU', 'none']]
  return [
    ['GPU', `${gpu.devices.join(', ')}, driver ${gpu.driver ?? 'unknown'}`],
    ...gpu.cards.map((card) => ['card', `${card.name}, ${card.capability ?? 'capability unknown'}`] as const),
  ]
}

function modelRows({ tiers, nodes }: Facts): Rows {
  return [
    ...tiers.map(
      ({ path, exists, readOnly, folders }) =>
        [
          'models',
          exists
            ? `${path}: ${folders.length} folders, ${readOnly ? 'read-only' : 'writable'}`
            : `${path}: absent`,
        ] as const,
    ),
    ...nodes
      .filter((each) => each.exists)
      .map(
        ({ path, nodes: found }) =>
          ['nodes', `${path}: ${found.map((each) => each.name).join(', ') || 'none'}`] as const,
      ),
  ]
}
