import { dirname } from 'node:path'
import type { LockedNode, WantedNode } from '../../base/node.ts'
import type { VendorPlaces } from '../../base/node-places.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import { askRegistry } from '../../features/nodes/checkout/ask-registry.ts'
import { checkOut } from '../../features/nodes/checkout/check-out.ts'
import { getArchive } from '../../features/nodes/checkout/get-archive.ts'
import type { Getting } from '../../features/nodes/checkout/to-check-out.ts'
import { requestOf } from '../../features/nodes/lock/request.ts'
import type { Host } from '../../host/host.ts'

/** Where a node goes, and how it is got. */
export type Vendoring = { readonly places: VendorPlaces; readonly getting: Getting }

/** A node as the folder has it since, or why it does not. */
export type Got = { readonly notes: readonly string[] } & (
  | { readonly locked: LockedNode }
  | { readonly problem: Problem }
)

/** A wanted node and its pin. */
export type ToVendor = { readonly wanted: WantedNode; readonly locked: LockedNode }

/** Puts one node into a vendor folder, as its repository or archive. What is there already is kept. A crash leaves a part beside it. */
export async function vendorNode(host: Host, node: ToVendor, vendoring: Vendoring): Promise<Got> {
  const notes: string[] = []
  const getting = { ...vendoring.getting, onNote: (note: string) => void notes.push(note) }
  try {
    return {
      locked: await vendor(host, node, { ...vendoring, getting }),
      notes: [...notes, ...noteFor(node)],
    }
  } catch (error) {
    const { code, details } = asProblem(error, node, vendoring)
    return { problem: new Problem(code, details, { cause: error, level: 'warning' }), notes }
  }
}

function asProblem(error: unknown, { locked }: ToVendor, { places }: Vendoring): Problem {
  const code = systemCode(error)
  if (error instanceof Problem) return error
  if (code === undefined) throw error
  const path = dirname(places.archives)
  return new Problem('NODE_NOT_WRITTEN', { name: locked.folder, path, code }, { cause: error })
}

function noteFor({ locked }: ToVendor): readonly string[] {
  return locked.source.kind === 'path'
    ? [`${locked.folder} is a folder of this machine (${locked.source.path}), and is not copied.`]
    : []
}

async function vendor(host: Host, node: ToVendor, vendoring: Vendoring): Promise<LockedNode> {
  const { locked } = node
  const { source, folder, version } = locked
  const { getting } = vendoring
  switch (source.kind) {
    case 'git':
      return vendorRepository(host, node, vendoring)
    case 'registry': {
      if (locked.archive !== undefined)
        return vendorArchive(host, locked, { ...vendoring, ...locked.archive })
      const asked = { name: folder, id: source.id, version: version ?? source.version }
      const published = await askRegistry(host, asked, getting)
      const found = { ...locked, version: published.version }
      return vendorArchive(host, found, { ...vendoring, url: published.url, sha256: undefined })
    }
    case 'zip':
      return vendorArchive(host, locked, { ...vendoring, ...source })
    case 'path':
      return locked
  }
}

// A whole checkout is made, with submodules and large files: its git folder has all that a start copies it with.
async function vendorRepository(
  host: Host,
  { wanted, locked }: ToVendor,
  { places, getting }: Vendoring,
): Promise<LockedNode> {
  const { fs } = host
  const target = `${places.repositories}/${locked.folder}.git`
  const has = await getting.git(
    ['--git-dir', target, 'rev-parse', '--verify', '--quiet', `${locked.commit}^{commit}`],
    { protocols: 'none' },
  )
  if (locked.commit !== undefined && has.kind === 'done') return locked
  const staged = `${places.repositories}/.${locked.folder}.partial`
  await fs.remove(staged)
  try {
    const node = { wanted, request: requestOf(wanted), locked, staged }
    const made = await checkOut(host, node, { ...getting, settings: withoutVendor(getting) })
    await fs.remove(`${staged}/.git/index`)
    await getting.git(['-C', staged, 'config', 'core.bare', 'true'], { protocols: 'none' })
    await fs.remove(target)
    await fs.rename(`${staged}/.git`, target)
    return made
  } finally {
    await fs.remove(staged)
  }
}

// What an image has of it already may be another commit.
function withoutVendor({ settings }: Getting): Getting['settings'] {
  return { ...settings, vendorFolder: '/nowhere' }
}

type Archived = Vendoring & { readonly url: string; readonly sha256: string | undefined }

async function vendorArchive(
  host: Host,
  locked: LockedNode,
  { places, getting, url, sha256 }: Archived,
): Promise<LockedNode> {
  const settings = { ...getting.settings, vendorFolder: dirname(places.archives) }
  const layout = { ...getting.layout, downloads: places.archives }
  const wanted = { name: locked.folder, url, sha256 }
  const got = await getArchive(host, wanted, { ...getting, settings, layout })
  const target = `${places.archives}/${got.sha256}.zip`
  if (got.path !== target) await host.fs.rename(got.path, target)
  return { ...locked, archive: { url, sha256: got.sha256 } }
}
