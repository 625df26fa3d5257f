import { entry } from '../entry.ts'

/** Problems with custom nodes. */
export const nodeProblems = {
  NODE_NAME_INVALID: entry<{ name: string; reason: string }>({
    kind: 'settings',
    level: 'warning',
    what: ({ name }) => `Cannot tell which node «${name}» in COMFY_NODES is.`,
    why: ({ reason }) => reason,
    remedy: () =>
      'Write owner/repository or https://host/owner/repository, with @branch, @tag or @commit where wanted, or an id of the registry, with @version.',
  }),
  NODE_CLONE_FAILED: entry<{ name: string; url: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot clone the node ${name}.`,
    why: ({ url, reason }) => `${url}: ${reason}. The next start tries again.`,
    remedy: () => 'Check the address and the network, or leave the node out of COMFY_NODES and nodes.yaml.',
  }),
  NODES_NOT_LINKED: entry<{ path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot link the image’s nodes into ${path}.`,
    why: ({ code }) => `The filesystem answered ${code}.`,
    remedy: ({ path }) => `Look at what is there: ls -la ${path}`,
  }),
  NODES_FOLDER_ABSENT: entry<{ path: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot load custom nodes from ${path}.`,
    why: () => 'COMFY_CUSTOM_NODES_DIR names it, and there is no such folder.',
    remedy: () => 'Mount it, or unset COMFY_CUSTOM_NODES_DIR.',
  }),
  MANAGER_DEFAULTS_NOT_WRITTEN: entry<{ path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot write ComfyUI-Manager’s defaults into ${path}.`,
    why: ({ code }) => `The filesystem answered ${code}. ComfyUI-Manager starts with defaults of its own.`,
    remedy: ({ path }) => `Look at what is there: ls -la ${path}`,
  }),
  NODES_FILE_INVALID: entry<{ path: string; fault: string }>({
    kind: 'settings',
    level: 'warning',
    what: ({ path }) => `Cannot read the nodes that ${path} asks for.`,
    why: ({ path, fault }) =>
      `${path}: ${fault}. The file counts as one that asks for nothing: nodes that are there stay, none is added.`,
    remedy: ({ path }) =>
      `Correct ${path}: «nodes:», and below it one «- owner/repository» or «- registry: id» per line.`,
  }),
  NODES_ENTRY_INVALID: entry<{
    path: string
    /** From 1; undefined where it could not be told. */
    line?: number | undefined
    /** `3`, `3 (rgthree-comfy)` */
    entry: string
    fault: string
  }>({
    kind: 'settings',
    level: 'warning',
    what: ({ path, entry }) => `Cannot use entry ${entry} of ${path}.`,
    why: ({ path, line, fault }) => `${path}${line === undefined ? '' : `:${line}`}: ${fault}`,
    remedy: () => 'Correct it, then: comfy-init nodes list. The other entries are used.',
  }),
  NODES_ENTRY_TWICE: entry<{
    path: string
    line?: number | undefined
    entry: string
    folder: string
    source: string
  }>({
    kind: 'settings',
    level: 'warning',
    what: ({ path, entry }) => `Cannot use entry ${entry} of ${path}.`,
    why: ({ path, line, folder, source }) =>
      `${path}${line === undefined ? '' : `:${line}`}: the folder ${folder} is asked for already, from ${source}, by an entry above it.`,
    remedy: () => 'Take one of the two away, or give one another name, like «folder: my-copy».',
  }),
  NODE_CREDENTIALS_WRITTEN: entry<{ place: string; entry: string }>({
    kind: 'settings',
    what: ({ place, entry }) => `Cannot use entry ${entry} of ${place}.`,
    why: () =>
      'Its address holds a password or a token, which would be kept in the lock and in the checkout’s own files.',
    remedy: () =>
      'Write the address without it, and set COMFY_GIT_CREDENTIALS=https://user:token@host (or COMFY_GIT_CREDENTIALS_FILE).',
  }),
  NODES_LOCK_INVALID: entry<{ path: string; fault: string }>({
    kind: 'settings',
    level: 'warning',
    what: ({ path }) => `Cannot follow the lock ${path}.`,
    why: ({ path, fault }) =>
      `${path}: ${fault} Nodes that are there stay as they are; others are not held to what it says.`,
    remedy: ({ path }) => `Bring ${path} back from where it was kept, or make it anew: comfy-init nodes lock`,
  }),
  NODE_UNREACHABLE: entry<{ name: string; url: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot get the node ${name}: its host does not answer as it should.`,
    why: ({ url, reason }) => `${url}: ${reason}. The next start tries again.`,
    remedy: ({ url }) => `Look whether this machine reaches it: curl -I ${url}`,
  }),
  NODE_REFUSED: entry<{ name: string; url: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot get the node ${name}: it is not there, or not for everybody.`,
    why: ({ url, reason }) => `${url}: ${reason}. The next start tries again.`,
    remedy: () =>
      'Look at the address in nodes.yaml or COMFY_NODES. For a private repository set COMFY_GIT_CREDENTIALS=https://user:token@host.',
  }),
  NODE_REF_ABSENT: entry<{ name: string; url: string; ref: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name, ref }) => `Cannot get the node ${name} at ${ref}.`,
    why: ({ url, ref }) => `${url} has no branch, tag or commit ${ref} (any more).`,
    remedy: ({ url }) => `See which there are: git ls-remote ${url}`,
  }),
  NODE_NOT_IN_REGISTRY: entry<{ name: string; id: string; version: string | undefined; registry: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot get the node ${name} from the registry.`,
    why: ({ id, version, registry }) =>
      `${registry} knows no ${id}${version === undefined ? '' : ` of version ${version}`}.`,
    remedy: ({ id, registry }) => `See which versions there are: curl ${registry}/nodes/${id}/versions`,
  }),
  NODE_ARCHIVE_CHANGED: entry<{ name: string; url: string; wanted: string; found: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot take the archive of the node ${name}: it is not the one that was asked for.`,
    why: ({ url, wanted, found }) => `${url} has the SHA-256 ${found} instead of ${wanted}.`,
    remedy: ({ name }) =>
      `Find out why it changed. To take it as it is now: comfy-init nodes update ${name}, or write the new digest into nodes.yaml.`,
  }),
  NODE_ARCHIVE_BAD: entry<{ name: string; url: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot unpack the archive of the node ${name}.`,
    why: ({ url, reason }) => `${url}: ${reason}. Nothing of it was taken.`,
    remedy: () => 'Ask for another version, or for its git repository, in nodes.yaml or COMFY_NODES.',
  }),
  NODE_LINK_LEAVES: entry<{ name: string; path: string; target: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot take the node ${name}: a link in it leads out of its folder.`,
    why: ({ path, target }) => `${path} leads to ${target}. Nothing of it was taken.`,
    remedy: () =>
      'Ask for another version in nodes.yaml or COMFY_NODES, or put it into custom_nodes by hand.',
  }),
  NODE_PATH_ABSENT: entry<{ name: string; path: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name, path }) => `Cannot link the node ${name}: there is no folder ${path}.`,
    why: () => 'A node with a path is linked and not copied. The next start tries again.',
    remedy: ({ path }) => `Mount it, or write its right place into nodes.yaml: ls -ld ${path}`,
  }),
  NODE_OFFLINE: entry<{ name: string; source: string; vendor: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot get the node ${name} without the network.`,
    why: ({ source, vendor }) => `COMFY_OFFLINE is on, and ${vendor} does not hold ${source}.`,
    remedy: () =>
      'Put it there where there is a network: comfy-init nodes vendor DIR. Or unset COMFY_OFFLINE.',
  }),
  NODE_CHANGED_LOCALLY: entry<{ name: string; path: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot replace the node ${name}: its files were changed here.`,
    why: ({ path, reason }) => `${path}: ${reason}. It stays as it is.`,
    remedy: ({ path }) =>
      `To have it as it is asked for, move it away: mv ${path} /tmp/ — to keep it, leave it out of nodes.yaml and COMFY_NODES.`,
  }),
  NODE_IN_THE_WAY: entry<{ name: string; path: string; what: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name, path }) => `Cannot put the node ${name} at ${path}.`,
    why: ({ what }) => `There is ${what}, which comfy-init did not make. It stays as it is.`,
    remedy: ({ path }) => `Look at it, and move it away: ls -ld ${path}`,
  }),
  NODE_NOT_WRITTEN: entry<{ name: string; path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ name }) => `Cannot write the node ${name}.`,
    why: ({ path, code }) =>
      `${path}: the filesystem answered ${code}. Nothing half is left; the next start tries again.`,
    remedy: ({ path }) => `See how much room there is, and whose it is: df -h ${path}; ls -ld ${path}`,
  }),
  NODES_NOT_KEPT: entry<{ path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: () => 'Cannot write down what came of checking out custom nodes.',
    why: ({ path, code }) =>
      `${path}: the filesystem answered ${code}. What was got is there; the next start looks again.`,
    remedy: ({ path }) => `See how much room there is, and whose it is: df -h ${path}; ls -ld ${path}`,
  }),
} as const
