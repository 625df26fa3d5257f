import { overlaysIn } from '../../src/base/node-places.ts'
import type { PackagesFacts } from '../../src/facts/node-facts.ts'

/** What is known of the packages of an image with torch 2.8.0 for CUDA 12.8, over which no overlay lies yet. */
export function somePackages(overrides: Partial<PackagesFacts> = {}): PackagesFacts {
  const identity = {
    python: '3.12',
    arch: 'x64',
    torch: '2.8.0+cu128',
    cuda: '12.8',
    image: '0123456789abcdef',
  }
  const key = 'py312-x64-torch2.8.0-cu128-0123456789abcdef'
  return {
    identity,
    key,
    sites: ['/opt/venv/lib/python3.12/site-packages'],
    versions: new Map([['torch', '2.8.0+cu128']]),
    constraints: undefined,
    places: overlaysIn('/workspace/.comfy-init/packages', key),
    current: undefined,
    failed: undefined,
    ...overrides,
  }
}
