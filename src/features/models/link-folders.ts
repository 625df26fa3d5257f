import { basename } from 'node:path'
import { isOwnTarget } from '../../base/own-link.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import { shortList } from '../../base/text.ts'
import type { Step } from '../../engine/plan.ts'
import type { Host } from '../../host/host.ts'
import type { Link, Links } from './links.ts'

/**
 * Makes and removes links in models/; nothing happens when that folder is, through links of its own, part of a tier. A
 * crash leaves some of the links; the next boot does the rest.
 */
export function linkFolders(models: string, { make, remove }: Links, tiers: readonly string[]): Step {
  const names = shortList(make.map(({ path }) => basename(path)))
  return {
    id: 'models/link-folders',
    title: make.length > 0 ? `Link ${names} into ${models}` : `Remove stale links from ${models}`,
    changes: [...make.map((each) => each.path), ...remove],
    ifFails: 'go-on',
    async apply(host) {
      let changed = false
      if (await isInside(host, models, tiers)) return 'not-needed'
      try {
        for (const path of remove) changed = (await removeLink(host, path)) || changed
        for (const link of make) changed = (await makeLink(host, link)) || changed
      } catch (error) {
        const details = { path: models, code: systemCode(error) ?? 'EIO' }
        throw new Problem('MODELS_NOT_LINKED', details, { cause: error })
      }
      return changed ? 'done' : 'not-needed'
    },
  }
}

async function isInside(host: Host, models: string, tiers: readonly string[]): Promise<boolean> {
  const real = await host.fs.realPath(models)
  const shared = await Promise.all(tiers.map((tier) => host.fs.realPath(tier)))
  return shared.some((tier) => tier !== undefined && `${real}/`.startsWith(`${tier}/`))
}

async function removeLink(host: Host, path: string): Promise<boolean> {
  if (!isOwnTarget(await host.fs.readLink(path))) return false
  await host.fs.remove(path)
  return true
}

async function makeLink(host: Host, { path, target }: Link): Promise<boolean> {
  const there = await host.fs.look(path)
  switch (there?.kind) {
    case 'file':
    case 'other':
      return false
    case 'link': {
      const current = await host.fs.readLink(path)
      if (current === target || !isOwnTarget(current)) return false
      break
    }
    case 'folder':
      if (!(await vacate(host, path))) return false
      break
    case undefined:
      break
  }
  await host.fs.link(target, path)
  return true
}

// Only ComfyUI's empty marker is taken away; a folder that holds, or suddenly gets, anything else stays.
async function vacate(host: Host, path: string): Promise<boolean> {
  for (const name of (await host.fs.list(path)) ?? []) {
    const entry = await host.fs.look(`${path}/${name}`)
    if (!/^put_.*_here$/.test(name) || entry?.kind !== 'file' || entry.bytes > 0) return false
    await host.fs.remove(`${path}/${name}`)
  }
  try {
    await host.fs.removeEmpty(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOTEMPTY') return false
    throw error
  }
}
