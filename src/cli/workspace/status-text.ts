import type { WorkspaceView } from '../../app/workspace/status.ts'
import { columns, printable, shortList } from '../../base/text.ts'

/** The workspace as a person reads it: one line per thing that there is. */
export function workspaceText(view: WorkspaceView): string {
  const { path, image, differences, nextStart, staged, wish, declined, keptChanges, keptTrees } = view
  const rows: readonly (readonly [string, string])[] = [
    ['workspace', path],
    ['ComfyUI', treeText(view)],
    ...row('image', image && imageText(image)),
    ...differences.map(
      ({ what, workspace, image: there }, at) =>
        [at === 0 ? 'they differ' : '', `${what}: ${workspace}, in the image ${there}`] as const,
    ),
    ['next start', nextStart.text],
    ...row('previous', view.previous && `${named(view.previous)} (comfy-init workspace rollback)`),
    ...row('staged', staged && `${staged}: a copy that is not in its place yet`),
    ...row('asked for', wish && `${wish}, at the next start`),
    ...row('declined', declined && `${declined.image}: ${declined.why}`),
    ...row('in use by', view.holder && holderText(view.holder)),
    ...keptTrees.map(
      (folder) => ['kept tree', `${folder}: it may hold files of yours; remove it when it does not`] as const,
    ),
    ...keptChanges.map((folder, at) => [at === 0 ? 'your changes' : '', folder] as const),
  ]
  return `${columns(printable(rows))}\n`
}

function row(name: string, text: string | undefined): readonly (readonly [string, string])[] {
  return text === undefined ? [] : [[name, text]]
}

function treeText({ home, state, comfyui, switching, found }: WorkspaceView): string {
  if (comfyui !== undefined) return `${named(comfyui)}, in ${home}`
  switch (state) {
    case 'absent':
    case 'empty':
    case 'ours':
      return `none in ${home} yet`
    case 'torn':
      return `a part of a first copy, beside ${home}`
    case 'switching':
      return `being switched to ${switching?.to ?? 'another one'}, since ${minute(switching?.startedAt)}`
    case 'unclear':
      return 'in the middle of a switch of which nobody knows how far it is: comfy-init plan says more'
    case 'foreign':
      return `not ours, in ${home}: ${shortList(found)}`
  }
}

function named({
  version,
  commit,
  image,
  adoptedAt,
  importedFrom,
}: NonNullable<WorkspaceView['comfyui']>): string {
  const name =
    version === undefined ? image : `${version}${commit === undefined ? '' : ` (${commit.slice(0, 12)})`}`
  const from = importedFrom === undefined ? '' : ` from ${importedFrom}`
  return `${name}, taken${from} ${minute(adoptedAt)}`
}

function imageText({ path, place, version, identity }: NonNullable<WorkspaceView['image']>): string {
  return place === 'link'
    ? `${path}, which was moved and is a link now`
    : `${version ?? identity}, in ${path}`
}

function holderText({ host, instance, since, isHere, isSure }: NonNullable<WorkspaceView['holder']>): string {
  const where = isHere ? 'this container' : host
  return `${where} (${instance}) since ${minute(since)}${isSure ? '' : ', if it has not been killed'}`
}

/** `2026-11-21 12:01 UTC` */
function minute(time: string | undefined): string {
  return time === undefined || time === ''
    ? 'at an unknown time'
    : `${time.slice(0, 16).replace('T', ' ')} UTC`
}
