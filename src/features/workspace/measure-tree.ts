import type { Host } from '../../host/host.ts'

/** How much a tree holds: files and links as one count, bytes of its files. */
export type Amount = { readonly files: number; readonly bytes: number }

/** Counts a tree; links are counted, never followed; sockets and devices, which no copy takes along, are not. */
export async function measureTree(host: Host, path: string): Promise<Amount> {
  const names = (await host.fs.list(path)) ?? []
  let total: Amount = { files: 0, bytes: 0 }
  for (const amount of await Promise.all(names.map((name) => measureEntry(host, `${path}/${name}`))))
    total = { files: total.files + amount.files, bytes: total.bytes + amount.bytes }
  return total
}

async function measureEntry(host: Host, path: string): Promise<Amount> {
  const entry = await host.fs.look(path)
  switch (entry?.kind) {
    case 'folder':
      return measureTree(host, path)
    case 'file':
      return { files: 1, bytes: entry.bytes }
    case 'link':
      return { files: 1, bytes: 0 }
    case 'other':
    case undefined:
      return { files: 0, bytes: 0 }
  }
}
