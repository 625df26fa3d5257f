import { execFileSync } from 'node:child_process'
import { chownSync, lstatSync, readlinkSync, rmSync } from 'node:fs'
import type { Running } from '../support/container.ts'
import { makeWorld, type World } from '../support/story.ts'
import { giveImage } from '../support/story-images.ts'
import { tempFolder } from '../support/temp-folder.ts'
import type { Scene } from './wound.ts'

/** The images of the two versions, as folders that lanes copy. */
export type Pair = { readonly earlier: string; readonly later: string }

/** Containers of both images with ports of their own: one lane runs one container at a time. */
export type Lane = { readonly earlier: World; readonly later: World }

/** A container to boot: of which image, by which name, on which volume. */
export type Boot = {
  readonly world: World
  readonly name: string
  readonly volume: string
  readonly env?: Readonly<Record<string, string>>
}

/** What a whole boot came to, beside what it left in the volume; `lastsMs` from its start until ComfyUI is ready. */
export type Ended = {
  readonly imagePlace: string
  readonly problems: readonly string[]
  readonly lastsMs: number
}

/** Makes a lane. */
export async function makeLane(pair: Pair): Promise<Lane> {
  const [earlier, later] = [await makeWorld(), await makeWorld()]
  giveImage(earlier, pair.earlier)
  giveImage(later, pair.later)
  return { earlier, later }
}

/** An empty volume of 1000:1000, or a copy of another one. */
export async function makeVolume(from?: string): Promise<string> {
  const folder = await tempFolder()
  chownSync(folder, 1000, 1000)
  if (from !== undefined) execFileSync('cp', ['-a', `${from}/.`, folder])
  return folder
}

/** Where a boot can be watched from outside. */
export function sceneOf({ world, name, volume }: Boot): Scene {
  return { volume, upper: world.box.upper(name) }
}

/** Starts a container. */
export function start({ world, name, volume, env = {} }: Boot): Promise<Running> {
  return world.boot({ name, volumes: [{ from: volume, at: '/workspace' }], env })
}

/** Boots until ComfyUI is ready, and stops it by TERM. */
export async function bootWhole(boot: Boot): Promise<Ended> {
  const startMs = performance.now()
  const container = await start(boot)
  await boot.world.ready(container)
  const lastsMs = performance.now() - startMs
  const place = boot.world.box.seen(container, '/opt/ComfyUI')
  const imagePlace = lstatSync(place).isSymbolicLink() ? readlinkSync(place) : 'folder'
  const { problems } = await boot.world.status()
  container.kill('SIGTERM')
  const code = await container.ended
  if (code !== 0) throw new Error(`The container ended with ${code}.\n${container.err()}`)
  return { imagePlace, problems: problems.map((each) => each.code), lastsMs }
}

/** Removes what a boot left, so that hundreds of them do not fill the machine. */
export function forget({ world, name, volume }: Boot): void {
  for (const path of [volume, `${world.box.upper(name)}/..`])
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
}
