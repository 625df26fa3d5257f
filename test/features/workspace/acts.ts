import type { Host } from '../../../src/host/host.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { listing } from '../../support/tree-listing.ts'
import { bootWorkspace, steadyHost } from './real-boot.ts'
import { imageAt, put, usedWorkspace } from './two-images.ts'

/** What a workspace goes through; each prepares a folder so that the next boot does it. */
export const ACTS: Readonly<
  Record<'first run' | 'upgrade' | 'rollback', (root: string) => Promise<Settings>>
> = {
  'first run': (root) => imageAt(root, '0.33.0'),
  upgrade: usedWorkspace,
  rollback: async (root) => {
    const settings = await usedWorkspace(root)
    await bootWorkspace(steadyHost(), settings)
    await put(`${root}/workspace/ComfyUI/user/comfyui.db`, 'database of 0.34.0')
    await put(`${root}/workspace/ComfyUI/output/new.png`, 'made by 0.34.0')
    await put(`${root}/workspace/.comfy-init/trees/wish.json`, '{"act":"rollback"}')
    return settings
  },
}

/** The real host; with `overlay`, the image's folder cannot be renamed, as one of a lower layer on overlayfs. */
export function hostFor(root: string, overlay: boolean): Host {
  const host = steadyHost()
  const rename: Host['fs']['rename'] = (from, to, options) =>
    overlay && from === `${root}/opt/ComfyUI`
      ? Promise.reject(Object.assign(new Error('cross-device link'), { code: 'EXDEV' }))
      : host.fs.rename(from, to, options)
  return { ...host, fs: { ...host.fs, rename } }
}

/** Everything below a folder but the texts that hold the time of day or the folder's own name. */
export async function everythingIn(root: string): Promise<readonly string[]> {
  const lines = await listing(root)
  return lines.map((line) =>
    OURS.test(line) ? line.replace(/ [0-9a-f]{12} \d+$/, '') : line.replace(root, ''),
  )
}

// Markers and manifests name the time of their writing and folders of the test.
const OURS =
  /\.comfy-init\.(json|manifest) |\.comfy-init\/trees\/\S*\.json |\.comfy-init\/changes\/\S*\.json /
