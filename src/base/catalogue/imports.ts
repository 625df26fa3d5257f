import { entry } from '../entry.ts'
import { shortList } from '../text.ts'

/** A folder that would be moved, and what is in the way of it. */
type Part = {
  readonly from: string
  readonly to: string
  readonly obstacle?: 'taken' | 'second' | 'mount' | 'filesystem' | 'link' | undefined
}

/** Something that is left where it is. */
type Unused = { readonly path: string; readonly what: string }

/** Problems with what other images left in the workspace. */
export const importProblems = {
  MARKER_OF_LATER_VERSION: entry<{ path: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot read ${path}.`,
    why: () => 'A later version of comfy-init wrote it, and says more than this one understands.',
    remedy: () => 'Use an image with the later version, or set COMFY_ADOPT=link to leave the tree alone.',
  }),
  IMPORT_WAITS: entry<{ title: string; workspace: string; parts: readonly Part[] }>({
    kind: 'environment',
    what: ({ title, workspace }) => `Cannot use what ${title} left in ${workspace} where it lies.`,
    why: ({ parts }) => `It would be moved: ${mapping(parts)}. Nothing was touched.`,
    remedy: ({ parts }) =>
      `Set COMFY_IMPORT=yes: each is renamed, and nothing is copied, merged or deleted. Or set COMFY_ADOPT=link to leave it and run the image’s ComfyUI with state of its own. To have it neither way, move it away: mv ${parts[0]?.from ?? ''} ${parts[0]?.from ?? ''}.old`,
  }),
  IMPORT_IN_THE_WAY: entry<{ title: string; parts: readonly Part[] }>({
    kind: 'environment',
    what: ({ title }) => `Cannot take over what ${title} left.`,
    why: ({ parts }) => `${parts.map(obstacleText).join(' ')} Nothing was moved.`,
    remedy: ({ parts }) => parts.map(wayOut).join(' '),
  }),
  IMPORT_NEEDS_AUTO: entry<{ title: string; parts: readonly Part[] }>({
    kind: 'settings',
    what: ({ title }) => `Cannot take over what ${title} left with COMFY_ADOPT=move.`,
    why: ({ parts }) =>
      `It is state without a ComfyUI, which the image’s ComfyUI uses from the workspace itself: ${mapping(parts)}.`,
    remedy: () => 'Set COMFY_ADOPT=auto (or nothing) together with COMFY_IMPORT=yes.',
  }),
  IMPORT_INCOMPLETE: entry<{
    path: string
    missing: readonly string[]
    wanted: number
    by: 'git' | 'names'
  }>({
    kind: 'environment',
    what: ({ path }) => `Cannot take over ${path}: it is not whole.`,
    why: ({ missing, wanted, by }) =>
      `${missing.length} of ${wanted} files ${by === 'git' ? 'of ComfyUI that git tracks' : 'that each ComfyUI has'} are not there: ${shortList(missing)}. A copy or move that was cut leaves this. Nothing was touched.`,
    remedy: ({ path, by }) =>
      [
        ...(by === 'git'
          ? [`Bring them back: cd ${path} && git ls-files -z --deleted | xargs -0 git checkout --`]
          : []),
        `Move it away, and the image’s is copied: mv ${path} ${path}.old`,
        `Run it as it is: COMFY_HOME=${path}. Leave it: COMFY_ADOPT=link.`,
      ].join(' — '),
  }),
  IMPORT_TREE_UNUSED: entry<{ path: string; title: string; reason: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path, title }) => `The ComfyUI that ${title} left in ${path} is not used.`,
    why: ({ reason }) => `ComfyUI runs from the image: ${reason}.`,
    remedy: ({ path }) =>
      `Set COMFY_HOME=${path} to run it where it is, or COMFY_ADOPT=link to say that it shall be left.`,
  }),
  IMPORT_LEFT_OUT: entry<{ title: string; unused: readonly Unused[] }>({
    kind: 'environment',
    level: 'warning',
    what: ({ title }) => `Not all that ${title} left is used.`,
    why: ({ unused }) =>
      `Left where it is: ${unused.map(({ path, what }) => `${path} (${what})`).join(', ')}.`,
    remedy: ({ unused }) =>
      `Python comes with the image, and arguments from COMFY_ARGS. What nothing else needs can be removed to make room: rm -r ${unused.map(({ path }) => path).join(' ')}`,
  }),
  IMPORT_NOT_MOVED: entry<{ from: string; to: string; code: string }>({
    kind: 'environment',
    what: ({ from, to }) => `Cannot move ${from} to ${to}.`,
    why: ({ code }) =>
      `The filesystem answered ${code}. What was moved before stays moved; nothing is lost, and the next start goes on.`,
    remedy: ({ from, to, code }) => {
      if (code === 'EXDEV') return `They lie on different filesystems. Move it by hand: mv ${from} ${to}`
      if (code === 'EACCES' || code === 'EPERM')
        return 'They are not ComfyUI’s to move. Give them to whom it runs as: sudo chown -R on the host. Or go on as root: COMFY_UID=0 and COMFY_GID=0.'
      return `Look at both: ls -la ${from} ${to}`
    },
  }),
  IMPORT_NOT_MARKED: entry<{ path: string; code: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot take over ${path}.`,
    why: ({ code }) => `Its marker could not be written (${code}). Nothing else was touched.`,
    remedy: ({ path }) => `Look whose it is: ls -ld ${path}. Or run it as it is: COMFY_HOME=${path}.`,
  }),
} as const

function mapping(parts: readonly Part[]): string {
  return parts.map(({ from, to }) => `${from} → ${to}`).join(', ')
}

function obstacleText({ from, to, obstacle }: Part): string {
  switch (obstacle) {
    case 'taken':
      return `${to} is there already and holds something.`
    case 'second':
      return `${from} is not the only folder that belongs to ${to}.`
    case 'mount':
      return `${from} or ${to} is a mount, or holds one.`
    case 'filesystem':
      return `${from} and ${to} lie on different filesystems.`
    case 'link':
      return `${from} is a link.`
    case undefined:
      return ''
  }
}

function wayOut({ from, to, obstacle }: Part): string {
  switch (obstacle) {
    case 'taken':
      return `Move one of them away: mv ${to} ${to}.old`
    case 'second':
      return `Move one of them away: mv ${from} ${from}.old`
    case 'mount':
      return `Mount what belongs to ${to} there itself.`
    case 'filesystem':
      return `Move it by hand: mv ${from} ${to}`
    case 'link':
      return `Move what it leads to: mv "$(realpath ${from})" ${to}`
    case undefined:
      return ''
  }
}
