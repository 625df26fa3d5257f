import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LockedNode } from '../../../../src/base/node.ts'
import { makeRepository } from '../../../support/git-repository.ts'
import { checkoutWorld, fromGitAt } from './world.ts'

/** Writes a file, with the folders above it. */
export async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** A world with one repository that nodes are got from by its path. */
export async function gitWorld() {
  const world = await checkoutWorld()
  await mkdir(`${world.root}/served`)
  const repository = makeRepository(`${world.root}/served`, 'node', {
    '__init__.py': 'version = 1\n',
    'lib/b.py': 'b\n',
    '.gitignore': '*.log\n',
  })
  const source = fromGitAt(`file://${repository.path}`)
  const lockedAt = (commit: string, folder = 'a'): LockedNode => ({ folder, source, commit })
  return { ...world, repository, source, lockedAt }
}
