import { option } from '../option.ts'
import { id, mask, maskText, word } from '../values.ts'

/** Who ComfyUI runs as, and how strictly the machine is judged. */
export const identityOptions = {
  uid: option<number | undefined>({
    env: 'COMFY_UID',
    aliases: ['WANTED_UID', 'PUID', 'USER_ID'],
    flag: 'uid',
    value: 'UID',
    schema: id,
    fallback: () => undefined,
    why: 'the workspace’s owner when that is not root, else 1000; as non-root, whoever we are',
    about: 'The user id that ComfyUI runs as.',
  }),
  gid: option<number | undefined>({
    env: 'COMFY_GID',
    aliases: ['WANTED_GID', 'PGID', 'GROUP_ID'],
    flag: 'gid',
    value: 'GID',
    schema: id,
    fallback: () => undefined,
    why: 'COMFY_UID when that is given, else the workspace’s group, else 1000',
    about: 'The group id that ComfyUI runs as.',
  }),
  identity: option<'adapt' | 'enforce'>({
    env: 'COMFY_IDENTITY',
    flag: 'identity',
    value: 'adapt|enforce',
    schema: word('adapt', 'enforce'),
    fallback: () => 'adapt',
    why: 'adapt: most volumes can be used as they are',
    about:
      'adapt: as root become the wanted user, else run as whoever we are; enforce: refuse to run as anybody else.',
  }),
  umask: option<number | undefined>({
    env: 'COMFY_UMASK',
    aliases: ['UMASK'],
    flag: 'umask',
    value: 'OCTAL',
    schema: mask,
    fallback: () => undefined,
    why: 'the container’s own',
    about: 'Mode mask of files that are made.',
    show: maskText,
  }),
  singleMount: option<'enforce' | 'warn' | 'off'>({
    env: 'COMFY_SINGLE_MOUNT',
    flag: 'single-mount',
    value: 'enforce|warn|off',
    schema: word('enforce', 'warn', 'off'),
    fallback: () => 'warn',
    why: 'warn: mounting only sub-folders works, but leaves their parent to root',
    about: 'What to do when only sub-folders of the workspace are mounted, not the workspace itself.',
  }),
  gpu: option<'auto' | 'require' | 'off'>({
    env: 'COMFY_GPU',
    flag: 'gpu',
    value: 'auto|require|off',
    schema: word('auto', 'require', 'off'),
    fallback: () => 'auto',
    why: 'auto: use a GPU when there is one, else start ComfyUI with --cpu and say so',
    about: 'Whether a GPU is used, required, or left alone.',
  }),
} as const
