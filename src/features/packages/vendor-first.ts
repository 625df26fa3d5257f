import type { Installer, Outcome } from './installer.ts'

/**
 * An installer that asks `near` first, which has the vendor folder and the caches alone, and `far`, which has the network too,
 * for what that does not have: an image that brings all it needs waits for no index.
 */
export function vendorFirst(near: Installer, far: Installer): Installer {
  const either = async (ask: (installer: Installer) => Promise<Outcome>) => {
    const found = await ask(near)
    return found.kind === 'ok' ? found : ask(far)
  }
  return {
    name: far.name,
    resolve: (asked) => either((installer) => installer.resolve(asked)),
    install: (pins, overlayPython) => either((installer) => installer.install(pins, overlayPython)),
  }
}
