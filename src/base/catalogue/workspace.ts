import { entry } from '../entry.ts'
import { sizeText } from '../text.ts'

/** How much a tree holds; `bytes` are those of its files. */
type Amount = { readonly files: number; readonly bytes: number }

/** Problems with the workspace and with the image tree that goes there. */
export const workspaceProblems = {
  IMAGE_TREE_LOST: entry<{ path: string; linkTarget: string }>({
    kind: 'environment',
    what: () => 'Cannot find ComfyUI.',
    why: ({ path, linkTarget }) =>
      `An earlier boot of this container moved ${path} to ${linkTarget}, and nothing is there now.`,
    remedy: ({ linkTarget }, runtime) =>
      runtime === 'docker' || runtime === 'podman'
        ? `Mount the workspace that holds ${linkTarget}, or make a new container: ${runtime} rm, then ${runtime} run.`
        : `Mount the workspace that holds ${linkTarget}, or start a new container from the image.`,
  }),
  IMAGE_HOLDS_FILES: entry<{ path: string; home: string; files: readonly string[] }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path, home }) => `Cannot make ${path} a link to ${home}.`,
    why: ({ path, files }) =>
      `${path} holds files that came into this container and are nowhere else: ${few(files)}.`,
    remedy: ({ path, home, files }) =>
      `ComfyUI runs from ${home}. Move them there, as with mv ${path}/${files[0] ?? ''} ${home}/${files[0] ?? ''}, and start again.`,
  }),
  TREE_WITHOUT_COMFYUI: entry<{ path: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot find main.py in ${path}.`,
    why: () => 'An earlier boot put ComfyUI there, and what made it one is gone.',
    remedy: ({ path }) =>
      `Move it away, and the next start copies the image’s again: mv ${path} ${path}.old. Or set COMFY_ADOPT=link.`,
  }),
  WORKSPACE_FOREIGN: entry<{ path: string; found: readonly string[] }>({
    kind: 'environment',
    what: ({ path }) => `Cannot put ComfyUI into ${path}.`,
    why: ({ found }) => `Something is there that comfy-init did not make: ${few(found)}.`,
    remedy: ({ path }) =>
      `Set COMFY_HOME=${path} to run it where it is, or COMFY_ADOPT=link to leave it untouched and run the image’s ComfyUI, or move it away: mv ${path} ${path}.old`,
  }),
  STATE_LEFT_BESIDE: entry<{ path: string; home: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `The nodes and settings in ${path} are not used.`,
    why: ({ path, home }) =>
      `An earlier boot left ComfyUI in the image and kept its state in ${path}; now it is in ${home}.`,
    remedy: ({ path, home }) =>
      `Set COMFY_ADOPT=link to use them again, or move them: mv ${path}/{custom_nodes,models,user,input,output} ${home}/`,
  }),
  IMAGE_TREE_HAS_MOUNTS: entry<{ path: string; mounts: readonly string[] }>({
    kind: 'environment',
    what: ({ path }) => `Cannot move ${path} into the workspace.`,
    why: ({ mounts }) => `What is mounted inside it would be copied along: ${few(mounts)}.`,
    remedy: ({ mounts }) =>
      `Mount it elsewhere (models: COMFY_SHARED_MODELS=${mounts[0] ?? '/models'}), or set COMFY_ADOPT=link.`,
  }),
  IMAGE_MOUNTS_UNUSED: entry<{ path: string; mounts: readonly string[]; base: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ mounts }) => `ComfyUI does not look into ${few(mounts)}.`,
    why: ({ path, base }) =>
      `It is mounted inside ${path}, while the state of this instance lies in ${base}.`,
    remedy: ({ path, base, mounts }) =>
      `Mount it below ${base} instead: ${(mounts[0] ?? path).replace(path, base)}.`,
  }),
  IMAGE_DIFFERS: entry<{
    path: string
    workspace: string
    image: string
    differences: string
    reason: string
  }>({
    kind: 'environment',
    level: 'warning',
    what: ({ workspace, image }) => `The workspace has ComfyUI ${workspace}, the image has ${image}.`,
    why: ({ path, differences, reason }) =>
      `${path} is what runs; it is kept because ${reason}. They differ in: ${differences}.`,
    remedy: () =>
      'Take the image’s: comfy-init workspace upgrade. Your files stay, and comfy-init workspace rollback goes back.',
  }),
  NO_PREVIOUS_TREE: entry<{ path: string }>({
    kind: 'usage',
    what: () => 'Cannot go back to an earlier ComfyUI.',
    why: ({ path }) => `No upgrade has kept one: ${path} is the only tree there is.`,
    remedy: () => 'Look at what is there: comfy-init workspace status',
  }),
  SWITCH_NOT_BEGUN: entry<{ path: string; at: readonly string[]; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot put another ComfyUI into ${path}.`,
    why: ({ at, code }) => `${code} at ${few(at)}. Nothing was moved: ComfyUI starts as it is.`,
    remedy: ({ at, code }) =>
      code === 'EACCES'
        ? `Give them to whoever ComfyUI runs as, on the host: chown -R UID:GID ${at[0] ?? ''}. Or let the container start as root.`
        : 'Make room, or keep this ComfyUI: COMFY_UPGRADE=keep.',
  }),
  SWITCH_UNCLEAR: entry<{ path: string; trees: string; record: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot tell which ComfyUI belongs into ${path}.`,
    why: ({ trees, record }) =>
      `One was taking another one's place when a boot was cut, and ${record} does not say how far it was. Nothing was touched: your files are in ${trees}.`,
    remedy: ({ record, trees }) =>
      `Start once with the version of comfy-init that wrote ${record}. Or put your files back by hand from ${trees}/retired/ComfyUI, and then remove ${record} and ${trees}/retired.`,
  }),
  SWITCH_NOT_FINISHED: entry<{ path: string; trees: string; code: string; at?: string | undefined }>({
    kind: 'environment',
    what: ({ path }) => `Cannot put another ComfyUI into ${path}.`,
    why: ({ trees, code, at }) =>
      `The filesystem answered ${code}${at === undefined ? '' : ` at ${at}`}. Nothing is lost: every file is in its place or in ${trees}, and the next start goes on from there.`,
    remedy: () => 'Mend what the code names (room, rights, the disk), and start the container again.',
  }),
  WORKSPACE_NOT_TAKEN: entry<{ path: string; uid: number; gid: number; code: string }>({
    kind: 'environment',
    what: ({ path, uid, gid }) => `Cannot give ${path} to ${uid}:${gid}.`,
    why: ({ path, code }) => `${path} belongs to root, and the filesystem answered ${code}.`,
    remedy: ({ path, uid, gid }) =>
      `On the host: chown ${uid}:${gid} on the folder mounted at ${path}. Or run ComfyUI as root: COMFY_UID=0 COMFY_GID=0.`,
  }),
  WORKSPACE_FOLDER_NOT_MADE: entry<{ path: string; code: string }>({
    kind: 'environment',
    what: ({ path }) => `Cannot make the folder ${path}.`,
    why: ({ code }) => `The filesystem answered ${code}.`,
    remedy: ({ path }) =>
      `Look at what is there: ls -ld ${path}. A link must lead to a folder that is mounted.`,
  }),
  IMAGE_NOT_COPIED: entry<{ from: string; to: string; code: string; at?: string | undefined }>({
    kind: 'environment',
    what: ({ from, to }) => `Cannot copy ${from} to ${to}.`,
    why: ({ to, code, at }) =>
      `The filesystem answered ${code}${at === undefined ? '' : ` at ${at}`}. ${to} was not touched${hasNoRoom(code) ? ', and the half copy is removed' : '; the next start goes on with what was copied'}.`,
    remedy: ({ code }) =>
      hasNoRoom(code)
        ? 'Make room in the workspace (comfy-init doctor shows how much is needed), or set COMFY_ADOPT=link.'
        : 'Set COMFY_ADOPT=link to run ComfyUI from the image.',
  }),
  IMAGE_COPY_DIFFERS: entry<{ from: string; to: string; wanted: Amount; copied: Amount }>({
    kind: 'temporary',
    what: ({ from, to }) => `Cannot put ${from} into ${to}: the copy is not whole.`,
    why: ({ wanted, copied, to }) =>
      `${wanted.files} files with ${sizeText(wanted.bytes)} became ${copied.files} files with ${sizeText(copied.bytes)}. ${to} was not touched.`,
    remedy: () => 'Start the container again, or set COMFY_ADOPT=link.',
  }),
  IMAGE_NOT_REPLACED: entry<{ path: string; home: string; code: string }>({
    kind: 'environment',
    what: ({ path, home }) => `Cannot make ${path} a link to ${home}.`,
    why: ({ code }) => `The filesystem answered ${code}. ComfyUI runs from the workspace all the same.`,
    remedy: () => 'Set COMFY_ADOPT=link to run ComfyUI from the image.',
  }),
} as const

function hasNoRoom(code: string): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT'
}

function few(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ')
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown
}
