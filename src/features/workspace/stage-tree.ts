import { MANIFEST, MARKER, TREES, type TreePlaces } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import type { TellProgress } from '../../engine/plan.ts'
import { readBootId } from '../../facts/boot-id.ts'
import type { PythonFacts } from '../../facts/device-facts.ts'
import type { ImageTree } from '../../facts/facts.ts'
import { type Proof, proofOf } from '../../facts/manifest.ts'
import { parseMarker, parseStaging } from '../../facts/parse-marker.ts'
import type { Host } from '../../host/host.ts'
import { markerOf, writeManifest, writeMarker } from './marker.ts'
import { rewriteVenv } from './venv/rewrite-venv.ts'

/** What is copied, and where it will lie in the end. */
export type Staging = {
  readonly image: ImageTree
  readonly python: PythonFacts | undefined
  readonly home: string
  readonly trees: TreePlaces
  /** Copies in flight. */
  readonly width: number
  readonly nowMs: number
  readonly tell: TellProgress
  readonly signal: AbortSignal
}

/** Ours in a tree; an image made from a container may hold them, and they are not what it says. */
const OURS = [MARKER, MANIFEST, TREES]

/**
 * Copies the image tree into the folder of the coming tree, proves the copy whole, and marks it. What a cut left there of the
 * same image is gone on with: after a new start of the machine every byte is compared, since the disk may have lost what was
 * not synced. The marker comes last: a crash leaves a part without one; a copy that has one is not made again.
 */
export async function stageTree(host: Host, staging: Staging): Promise<'done' | 'not-needed'> {
  const { image, home, trees, signal } = staging
  const { tree } = trees.next
  if (await isStaged(host, staging)) return 'not-needed'
  const resume = await prepare(host, staging)
  const wanted = proofOf(await host.fs.walk(image.path, { skip: OURS, signal }))
  await host.fs.copyTree(image.path, tree, {
    ...{ skip: OURS, resume, signal, width: staging.width },
    onProgress: ({ files, bytes, paused }) =>
      staging.tell({
        bytes: { done: bytes, total: wanted.bytes },
        files: { done: files, total: wanted.files },
        paused,
      }),
  })
  const copied = await host.fs.walk(tree, { skip: OURS, signal })
  await refuseDifference(host, staging, { wanted, copied: proofOf(copied) })
  const rewritten = await rewriteVenv(host, { tree, from: image.path, to: home }, signal)
  const listed = rewritten.length === 0 ? copied : await host.fs.walk(tree, { skip: OURS, signal })
  await writeManifest(host, tree, listed)
  await host.fs.sync(tree, signal)
  await writeMarker(host, tree, markerOf({ ...staging, source: image, from: image.path, proof: wanted }))
  return 'done'
}

async function isStaged(host: Host, { image, trees }: Staging): Promise<boolean> {
  const marker = parseMarker(await host.fs.readText(`${trees.next.tree}/${MARKER}`))
  return marker?.image === image.identity
}

// The note comes before the first byte, so that a part of another image's tree is never gone on with. It stays as it is until
// the copy is whole: what an earlier start of the machine wrote is doubtful in every boot until then.
async function prepare(host: Host, { image, trees }: Staging): Promise<'time' | 'content'> {
  const bootId = await readBootId(host.fs)
  const before = parseStaging(await host.fs.readText(trees.note))
  if (before?.image === image.identity)
    return bootId !== undefined && before.bootId === bootId ? 'time' : 'content'
  await host.fs.remove(trees.next.folder)
  await host.fs.makeFolder(trees.next.folder)
  await host.fs.write(trees.note, `${JSON.stringify({ image: image.identity, bootId })}\n`)
  return 'time'
}

async function refuseDifference(
  host: Host,
  { image, home, trees }: Staging,
  { wanted, copied }: { wanted: Proof; copied: Proof },
): Promise<void> {
  if (wanted.digest === copied.digest) return
  await host.fs.remove(trees.next.folder)
  throw new Problem('IMAGE_COPY_DIFFERS', { from: image.path, to: home, wanted, copied })
}
