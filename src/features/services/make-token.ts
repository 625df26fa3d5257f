import type { Layout } from '../../base/layout.ts'
import { type Secret, secret } from '../../base/secret.ts'
import type { Step } from '../../engine/plan.ts'
import type { Host } from '../../host/host.ts'

const TOKEN_BYTES = 32

/** Makes JupyterLab's token and keeps it, mode 0600, so that it stays the same. A crash leaves no token or a whole one. */
export function makeToken({ own, jupyterTokenFile }: Pick<Layout, 'own' | 'jupyterTokenFile'>): Step {
  return {
    id: 'services/jupyter-token',
    title: 'Make the token of JupyterLab',
    changes: [jupyterTokenFile],
    ifFails: 'go-on',
    apply: async (host) => {
      if ((await keptToken(host, jupyterTokenFile)) !== undefined) return 'not-needed'
      const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))
      await host.fs.makeFolder(own)
      await host.fs.write(jupyterTokenFile, `${Buffer.from(bytes).toString('base64url')}\n`, 0o600)
      return 'done'
    },
  }
}

/** The token that was made and kept; undefined when there is none, or when its file is empty. */
export async function keptToken(host: Pick<Host, 'fs'>, path: string): Promise<Secret | undefined> {
  const text = (await host.fs.readText(path))?.trim()
  return text === undefined || text === '' ? undefined : secret(text)
}
