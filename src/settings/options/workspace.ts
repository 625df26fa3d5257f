import { option } from '../option.ts'
import { onOff, word } from '../values.ts'

/** What becomes of the ComfyUI in the workspace. */
export const workspaceOptions = {
  adopt: option<'auto' | 'move' | 'link'>({
    env: 'COMFY_ADOPT',
    flag: 'adopt',
    value: 'auto|move|link',
    schema: word('auto', 'move', 'link'),
    fallback: () => 'auto',
    why: 'auto: move where the workspace is a writable mount and the image tree can become a link, else link',
    about:
      'Whether ComfyUI is moved into the workspace or stays in the image with its state in the workspace.',
  }),
  upgrade: option<'keep' | 'ask' | 'auto' | undefined>({
    env: 'COMFY_UPGRADE',
    flag: 'upgrade',
    value: 'keep|ask|auto',
    example: 'auto',
    schema: word('keep', 'ask', 'auto'),
    fallback: () => undefined,
    why: 'auto while nobody changed the workspace’s ComfyUI and the image’s is newer, else keep with a notice',
    about:
      'Whether a moved ComfyUI is replaced by another one of the image: never, when you say so, or at once.',
  }),
  importing: option<boolean>({
    env: 'COMFY_IMPORT',
    flag: 'import',
    value: 'on|off',
    schema: onOff,
    fallback: () => false,
    why: 'no: what another image left is shown with where it would go, and not touched',
    about: 'Takes over what another image left in the workspace; needed only where something must be moved.',
  }),
  lock: option<'wait' | 'refuse'>({
    env: 'COMFY_LOCK',
    flag: 'lock',
    value: 'wait|refuse',
    schema: word('wait', 'refuse'),
    fallback: () => 'wait',
    why: 'wait: a container that replaces another one starts when that has ended',
    about: 'What to do while another container uses the workspace.',
  }),
} as const
