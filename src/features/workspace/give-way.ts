import { LEAVING, MARKER } from '../../base/layout.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { Step } from '../../engine/plan.ts'
import { parseMarker } from '../../facts/parse-marker.ts'
import type { Host } from '../../host/host.ts'

/**
 * Makes the image tree's place a link to the workspace's tree, which must be whole. A crash leaves the image's folder, a
 * part of it that is marked as such, nothing, or the link; the next boot ends with the link in each case.
 */
export function giveWay(image: string, home: string, coming: string): Step {
  return {
    id: 'workspace/give-way',
    title: `Make ${image} a link to ${home}`,
    changes: [image],
    as: 'root',
    ifFails: 'go-on',
    async apply(host) {
      if ((await host.fs.readLink(image)) === home) return 'not-needed'
      if (!(await isWhole(host, home, coming))) return 'not-needed'
      try {
        if ((await host.fs.look(image))?.kind === 'folder') await vacate(host, image, home)
        await host.fs.link(home, image)
        return 'done'
      } catch (error) {
        if (error instanceof Problem) throw error
        const details = { path: image, home, code: systemCode(error) ?? 'EIO' }
        throw new Problem('IMAGE_NOT_REPLACED', details, { cause: error })
      }
    },
  }
}

// The marker came into the tree before the tree came into its place, so where it is the tree was whole.
async function isWhole(host: Host, home: string, coming: string): Promise<boolean> {
  const [marker, main] = await Promise.all([
    host.fs.readText(`${home}/${MARKER}`),
    host.fs.follow(`${home}/main.py`),
  ])
  return parseMarker(marker)?.image === coming && main?.kind === 'file'
}

// A folder of an image's layer cannot be renamed on overlayfs (EXDEV). Removing it costs nothing that the image does not
// still have, but for what came into this container since it was made.
async function vacate(host: Host, image: string, home: string): Promise<void> {
  try {
    await host.fs.rename(image, await freeName(host, `${image}.image`))
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error
    const files = await onlyHere(host, image, home)
    if (files.length > 0) throw new Problem('IMAGE_HOLDS_FILES', { path: image, home, files })
    await removeTree(host, image)
  }
}

/** Made by the runtime together with the container: what changed later is not the image's. */
const BIRTH_MARKS = ['/.dockerenv', '/run/.containerenv', '/etc/hostname'] as const

async function onlyHere(host: Host, image: string, home: string): Promise<readonly string[]> {
  const marks = await Promise.all(BIRTH_MARKS.map((path) => host.fs.follow(path)))
  const bornMs = marks.find((mark) => mark !== undefined)?.ctimeMs
  const isLeaving = (await host.fs.look(`${image}/${LEAVING}`)) !== undefined
  if (bornMs === undefined || isLeaving) return []
  const looked = await Promise.all(
    (await filesBelow(host, image)).map(async (path) => {
      const isNew = ((await host.fs.look(`${image}/${path}`))?.ctimeMs ?? 0) > bornMs
      return isNew && (await host.fs.look(`${home}/${path}`)) === undefined ? [path] : []
    }),
  )
  return looked.flat()
}

async function filesBelow(host: Host, folder: string): Promise<readonly string[]> {
  const entries = ((await host.fs.entries(folder)) ?? []).filter(({ name }) => name !== '__pycache__')
  const parts = await Promise.all(
    entries.map(async ({ name, kind }) =>
      kind === 'folder'
        ? (await filesBelow(host, `${folder}/${name}`)).map((each) => `${name}/${each}`)
        : [name],
    ),
  )
  return parts.flat()
}

async function removeTree(host: Host, image: string): Promise<void> {
  const names = (await host.fs.list(image)) ?? []
  if (names.includes('main.py')) await host.fs.rename(`${image}/main.py`, `${image}/${LEAVING}`)
  for (const name of names)
    if (name !== 'main.py' && name !== LEAVING) await host.fs.remove(`${image}/${name}`)
  await host.fs.remove(image)
}

async function freeName(host: Host, wanted: string): Promise<string> {
  for (let name = wanted, count = 2; ; count++) {
    if ((await host.fs.look(name)) === undefined) return name
    name = `${wanted}-${count}`
  }
}
