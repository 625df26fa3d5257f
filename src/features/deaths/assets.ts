import { clipped, type Evidence, type Finding } from './evidence.ts'
import { requirementsOf } from './uncaught.ts'

/** ComfyUI's refusal to start without its database, whose first line it marks with a kind. */
export function assetsFinding({ spec }: Evidence, lines: readonly string[]): Finding | undefined {
  const at = lines.findLastIndex((line) => line.includes(MARK))
  if (at === -1) return undefined
  const kind = /ASSETS_STARTUP_FAILED: (\w+)/.exec(lines[at] ?? '')?.[1] ?? 'other'
  const said = lines.slice(at + 1).find((line) => line.trim() !== '')
  const reason = said === undefined ? kind : clipped(said.replace(/^\[\w+\] /, ''))
  const install = `${spec.file} -m pip install -r ${requirementsOf(spec)}`
  const advice = Object.hasOwn(ADVICE, kind) ? ADVICE[kind as Kind] : ADVICE.other
  return {
    cause: 'assets',
    summary: `ComfyUI did not start because of its database of assets (${kind}): ${reason}.`,
    remedy: `${advice.replace('INSTALL', install)} Or do without it: COMFY_ARGS=--disable-assets.`,
  }
}

const MARK = 'ASSETS_STARTUP_FAILED: '

type Kind = keyof typeof ADVICE

const ADVICE = {
  missing_packages: 'Install what it lacks: INSTALL.',
  in_use:
    'End the other ComfyUI on this workspace, or give this one a database of its own: COMFY_ARGS="--database-url sqlite:////tmp/comfyui.db".',
  locked:
    'End the program that holds it open (fuser -v comfyui.db). On a network volume locks may stay behind: restart what mounted it, or use COMFY_ARGS="--database-url sqlite:////tmp/comfyui.db".',
  newer_revision:
    'It was made by a newer ComfyUI: run that one again (comfy-init workspace upgrade takes the image’s), or move comfyui.db away, and a new one is made.',
  path_blocked:
    'Move away what lies at the place of the database or of its folder: ls -la on it shows what it is.',
  not_writable:
    'Let the user that ComfyUI runs as write there: comfy-init doctor says who that is, ls -la whose it is.',
  corrupt: 'Put comfyui.db.daily-backup in its place, or move comfyui.db away, and a new one is made.',
  unsupported_url:
    'Give a database of the form sqlite:////folder/comfyui.db after --database-url in COMFY_ARGS.',
  other: 'The lines below the mark say more: comfy-init deaths 1.',
} as const
