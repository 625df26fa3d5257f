import { IMAGE_NODES, treesIn } from '../../src/base/layout.ts'
import type { Card, GpuFacts, PythonFacts } from '../../src/facts/device-facts.ts'
import type { Facts, ImageTree, Mount, PortFact, Who, Workspace } from '../../src/facts/facts.ts'
import type { ModelsEntry, ModelsFolder, NodesFolder, Tier } from '../../src/facts/folder-facts.ts'
import type { Marker, TreesFacts } from '../../src/facts/tree-facts.ts'
import type { FileEntry } from '../../src/host/fs.ts'
import type { Abilities } from '../../src/host/try-out.ts'
import { options, type Settings } from '../../src/settings/settings.ts'
import { CATEGORIES, FLAGS } from './recent-comfyui.ts'

/**
 * A believable machine: root in a Docker container with the target 1000:1000, an empty writable mount at /workspace,
 * ComfyUI at /opt/ComfyUI, Python at /opt/venv, no GPU, no shared models, all ports free.
 */
export function aFacts(overrides: Partial<Facts> = {}): Facts {
  const workspace = overrides.workspace ?? aWorkspace()
  return {
    runtime: 'docker',
    inContainer: true,
    arch: 'x64',
    who: aWho(),
    mounts: [
      aMount({ point: '/', filesystem: 'overlay', source: 'overlay' }),
      ...(workspace.mount === undefined ? [] : [workspace.mount]),
    ],
    workspace,
    image: anImage(),
    lostImage: undefined,
    adopted: overrides.workspace?.tree.state === 'ours' ? anImage() : undefined,
    python: aPython(),
    pythonRefused: undefined,
    treeVenv: undefined,
    gpu: aGpu(),
    tiers: [],
    nodes: [
      aNodesFolder('/workspace/ComfyUI/custom_nodes'),
      aNodesFolder('/workspace/custom_nodes'),
      aNodesFolder(IMAGE_NODES),
    ],
    nodeRecords: {
      manifests: [],
      locks: [],
      checkouts: new Map(),
      imports: undefined,
      managerHasDefaults: true,
    },
    packages: undefined,
    models: [aModelsFolder('/workspace/ComfyUI/models'), aModelsFolder('/workspace/models')],
    folders: new Set<string>(),
    modelPathsText: undefined,
    vacantHome: undefined,
    foreign: undefined,
    brokenLinks: [],
    jupyterTokenFile: 'absent',
    ports: [aPort('comfyui', 8188), aPort('http', 3000)],
    limits: { memoryBytes: undefined, shmBytes: 64 * 1024 * 1024, clockIsWrong: false },
    sinceMs: Date.UTC(2026, 10, 21, 12),
    nowMs: Date.UTC(2026, 10, 21, 12),
    ...overrides,
  }
}

/** The defaults of the option table, as inside a container whose /workspace is a mount and whose image has /opt/ComfyUI. */
export function aSettings(overrides: Partial<Settings> = {}): Settings {
  const hints = {
    inContainer: true,
    isMount: (path: string) => path === '/workspace',
    exists: (path: string) => path === '/opt/ComfyUI/main.py',
  }
  const defaults = Object.entries(options).map(([key, option]) => [key, option.fallback(hints)])
  return { ...(Object.fromEntries(defaults) as Settings), ...overrides }
}

/** Root that may change, becoming 1000:1000 because nothing was asked for. */
export function aWho(overrides: Partial<Who> = {}): Who {
  return {
    us: { uid: 0, gid: 0, groups: [] },
    target: { uid: 1000, gid: 1000, groups: [] },
    source: 'default',
    canChange: true,
    uidMap: [{ inside: 0, outside: 0, count: 4294967295 }],
    passwd: undefined,
    homeIsUsable: false,
    ...overrides,
  }
}

/** Somebody who is not root and stays so; the target is the same person. */
export function aPlainUser(uid: number, gid = uid): Who {
  const ids = { uid, gid, groups: [] }
  return aWho({ us: ids, target: ids, source: 'as-started', canChange: false })
}

/** A writable ext4 mount at /workspace. */
export function aMount(overrides: Partial<Mount> = {}): Mount {
  return {
    point: '/workspace',
    root: '/',
    filesystem: 'ext4',
    source: '/dev/sdb1',
    readOnly: false,
    noExec: false,
    ...overrides,
  }
}

/** An empty workspace that is a mount and takes everything. */
export function aWorkspace(overrides: Partial<Workspace> = {}): Workspace {
  return {
    path: '/workspace',
    mount: aMount(),
    isMount: true,
    mountsInside: [],
    bareMounts: [],
    entry: aFolder({ uid: 1000, gid: 1000 }),
    abilities: ABLE,
    triedIn: '/workspace',
    isLinked: false,
    isBare: true,
    canMake: true,
    space: { freeBytes: 100 * 1024 ** 3, freeInodes: 1_000_000 },
    tree: { state: 'absent' },
    trees: aTrees(),
    changes: undefined,
    ...overrides,
  }
}

/** No trees but the one in its place. */
export function aTrees(overrides: Partial<TreesFacts> = {}): TreesFacts {
  return {
    places: treesIn('/workspace/.comfy-init/trees'),
    isStaged: false,
    stagedImage: undefined,
    previous: undefined,
    wish: undefined,
    declined: undefined,
    pendingPatch: false,
    ...overrides,
  }
}

/** The marker of a tree that was copied from `anImage()`. */
export function aMarker(overrides: Partial<Marker> = {}): Marker {
  return {
    layout: 1,
    image: anImage().identity,
    version: '0.33.0',
    commit: undefined,
    from: '/opt/ComfyUI',
    adoptedAt: '2026-11-01T00:00:00.000Z',
    ...overrides,
  }
}

/** Creating, renaming and linking all work. */
export const ABLE: Abilities = { create: undefined, rename: undefined, link: undefined }

/** Nothing works, for one reason. */
export function unable(code: string): Abilities {
  return { create: code, rename: code, link: code }
}

/** A folder entry of root, mode 755. */
export function aFolder(overrides: Partial<FileEntry> = {}): FileEntry {
  return {
    kind: 'folder',
    uid: 0,
    gid: 0,
    mode: 0o755,
    bytes: 4096,
    ctimeMs: Date.UTC(2026, 0, 15),
    mtimeMs: Date.UTC(2026, 10, 1),
    device: 2049,
    ...overrides,
  }
}

/** A plain folder at /opt/ComfyUI that can become a link, with the flags and categories of a recent ComfyUI. */
export function anImage(overrides: Partial<ImageTree> = {}): ImageTree {
  return {
    path: '/opt/ComfyUI',
    place: 'folder',
    linkTarget: undefined,
    replaceable: true,
    whyNotReplaceable: undefined,
    version: '0.33.0',
    commit: '0123456789abcdef0123456789abcdef01234567',
    requirements: '4f1c2d3e',
    identity: '0.33.0-0123456789ab-4f1c2d3e',
    flags: new Set(FLAGS),
    categories: CATEGORIES,
    size: { bytes: 45 * 1024 ** 2, files: 1100 },
    writable: false,
    ...overrides,
  }
}

/** A venv at /opt/venv with torch for CUDA 12.8 and no JupyterLab. */
export function aPython(overrides: Partial<PythonFacts> = {}): PythonFacts {
  return {
    path: '/opt/venv/bin/python',
    venv: '/opt/venv',
    version: '3.12',
    torch: { version: '2.9.1+cu128', cuda: '12.8', archs: undefined },
    hasJupyter: false,
    ...overrides,
  }
}

/** No GPU; give `cards` and `devices` for one. */
export function aGpu(overrides: Partial<GpuFacts> = {}): GpuFacts {
  return { devices: [], groups: [], driver: undefined, cards: [], ...overrides }
}

/** One working NVIDIA card, an RTX 4090 unless said otherwise. */
export function aCard(card: Partial<Card> = {}, driver = '570.86.15'): GpuFacts {
  return {
    devices: ['/dev/nvidia0'],
    groups: [],
    driver,
    cards: [{ name: 'NVIDIA GeForce RTX 4090', capability: 'sm_89', ...card }],
  }
}

/** A read-only tier that exists and holds these folders. */
export function aTier(path: string, folders: readonly string[] = [], overrides: Partial<Tier> = {}): Tier {
  return { path, exists: true, readOnly: true, folders, ...overrides }
}

/** A custom_nodes folder: absent when no names are given, else with these nodes as plain folders. */
export function aNodesFolder(path: string, names?: readonly string[]): NodesFolder {
  return {
    path,
    exists: names !== undefined,
    nodes: (names ?? []).map((name) => ({ name, linkTarget: undefined })),
    disabled: [],
  }
}

/** A models folder: absent when no entries are given. */
export function aModelsFolder(path: string, entries?: readonly ModelsEntry[]): ModelsFolder {
  return { path, exists: entries !== undefined, real: entries && path, entries: entries ?? [] }
}

/** A port that is free, on all addresses. */
export function aPort(use: PortFact['use'], port: number, overrides: Partial<PortFact> = {}): PortFact {
  const setting = { comfyui: 'COMFY_PORT', jupyter: 'COMFY_JUPYTER_PORT', http: 'COMFY_HTTP_PORT' }[use]
  return { use, setting, address: '0.0.0.0', port, free: true, ...overrides }
}
