import { IMAGE_SETTINGS_FILE, layoutOf } from '../base/layout.ts'
import { Problem, systemCode } from '../base/problem.ts'
import { readHints } from '../facts/hints.ts'
import type { Host } from '../host/host.ts'
import {
  parseSettingsFile,
  readSettings,
  type SettingsFile,
  secretFilePaths,
  type Written,
  workspaceOf,
} from '../settings/read.ts'
import type { Origins, Settings } from '../settings/settings.ts'
import type { Input } from './input.ts'

/** The settings, where each came from, and warnings about how they were written. */
export type Asked = {
  readonly settings: Settings
  readonly origins: Origins
  readonly problems: readonly Problem[]
}

/** Gathers what was asked for, from flags, environment and files. Throws a Refusal with every complaint in it. */
export async function ask(
  host: Host,
  { flags, comfyArgs }: Pick<Input, 'flags' | 'comfyArgs'>,
): Promise<Asked> {
  const [hints, imageFile] = await Promise.all([
    readHints(host),
    fileAt(host, IMAGE_SETTINGS_FILE, 'image-file'),
  ])
  const secretFiles = await textsOf(host, secretFilePaths(host.env))
  const written: Written = {
    env: host.env,
    flags,
    comfyArgs,
    hints,
    secretFiles,
    ...(imageFile && { imageFile }),
  }
  const { settingsFile } = layoutOf(workspaceOf(written))
  const workspaceFile = await fileAt(host, settingsFile, 'workspace-file')
  return readSettings({ ...written, ...(workspaceFile && { workspaceFile }) })
}

async function fileAt(
  host: Host,
  path: string,
  from: SettingsFile['from'],
): Promise<SettingsFile | undefined> {
  try {
    const text = await host.fs.readText(path)
    return text === undefined ? undefined : await parseSettingsFile({ path, text, from })
  } catch (error) {
    const problem = new Problem('SETTINGS_FILE_UNREADABLE', { path, reason: systemCode(error) ?? 'EIO' })
    return { from, values: [], problems: [problem] }
  }
}

async function textsOf(host: Host, paths: readonly string[]): Promise<(path: string) => string | undefined> {
  const texts = new Map(
    await Promise.all(paths.map(async (path) => [path, await textAt(host, path)] as const)),
  )
  return (path) => texts.get(path)
}

// What cannot be read is told by the settings, with the variable that named it.
function textAt(host: Host, path: string): Promise<string | undefined> {
  return host.fs.readText(path).catch(() => undefined)
}
