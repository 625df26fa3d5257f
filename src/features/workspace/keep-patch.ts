import { fieldsIn } from '../../base/json-fields.ts'
import type { Layout, TreePlaces } from '../../base/layout.ts'
import { nameBytes } from '../../base/tree-path.ts'
import type { Step } from '../../engine/plan.ts'
import { PENDING } from '../../facts/trees-beside.ts'
import type { Host } from '../../host/host.ts'

/** Longest wait for git, milliseconds. */
const GIT_MS = 60_000

/**
 * Has git describe what a person changed in the code of the previous tree, as <changes>/<time>/changes.patch. The changed files
 * are kept beside it in any case; without git, or without a git folder in the tree, they are all there is. A crash leaves the
 * note that asks for it.
 */
export function keepPatch({ changes, personHome }: Layout, { previous }: TreePlaces): Step {
  const note = `${previous.folder}/${PENDING}`
  return {
    id: 'workspace/keep-patch',
    title: `Write what was changed in ComfyUI’s code as a patch into ${changes}`,
    changes: [changes],
    ifFails: 'go-on',
    async apply(host, _tell, signal) {
      const folder = folderIn(await host.fs.readText(note))
      const files = folder === undefined ? [] : await filesIn(host, folder)
      if (folder !== undefined && files.length > 0) {
        const patch = await patchOf(host, { tree: previous.tree, files, home: personHome, signal })
        if (patch !== '') await host.fs.write(`${folder}/changes.patch`, patch)
      }
      await host.fs.remove(note)
      return 'done'
    },
  }
}

type Asking = {
  readonly tree: string
  readonly files: readonly string[]
  readonly home: string
  readonly signal: AbortSignal
}

// The tree's owner may be another than ours; and nothing of a person's own git settings is to be run.
async function patchOf(host: Host, { tree, files, home, signal }: Asking): Promise<string> {
  const names = files.map((each) => Buffer.from(nameBytes(each)).toString())
  const finished = await host.exec.run({
    file: 'git',
    args: [
      '-C',
      tree,
      'diff',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--binary',
      'HEAD',
      '--',
      ...names,
    ],
    env: {
      PATH: host.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '2',
      ...{ GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
      ...{ GIT_CONFIG_KEY_1: 'core.fsmonitor', GIT_CONFIG_VALUE_1: 'false' },
      GIT_OPTIONAL_LOCKS: '0',
      LC_ALL: 'C',
    },
    timeoutMs: GIT_MS,
    signal,
  })
  return finished.code === 0 && finished.stdout !== '' ? `${finished.stdout}\n` : ''
}

// A note that says nothing is none; the changed files are kept in any case.
function folderIn(text: string | undefined): string | undefined {
  const folder = fieldsIn(text)?.folder
  return typeof folder === 'string' ? folder : undefined
}

async function filesIn(host: Host, folder: string): Promise<readonly string[]> {
  const files = fieldsIn(await host.fs.readText(`${folder}/changes.json`))?.files
  return Array.isArray(files) ? files.filter((each) => typeof each === 'string') : []
}
