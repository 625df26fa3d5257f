import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageFiles } from './image-page.ts'

const TOP = join(import.meta.dirname, '../..')

/** The files of this repository that images are made from. */
export function imageFiles(): ImageFiles {
  const read = (path: string) => readFileSync(join(TOP, path), 'utf8')
  const below = readdirSync(join(TOP, 'docker/rootfs'), { recursive: true, withFileTypes: true })
  return {
    dockerfiles: {
      'Dockerfile.cpu': read('Dockerfile.cpu'),
      'Dockerfile.cuda': read('Dockerfile.cuda'),
    },
    bake: read('docker/docker-bake.hcl'),
    rootfs: below
      .filter((each) => each.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(join(TOP, 'docker/rootfs').length))
      .toSorted(),
    jupyter: read('docker/build/jupyter.txt'),
  }
}
