import { type Problem, Refusal } from '../../src/base/problem.ts'
import { parseSettingsFile, type Read, readSettings, type Written } from '../../src/settings/read.ts'

/** What a test writes; the rest is a container with nothing mounted and no ComfyUI. */
export type Wrote = Partial<Omit<Written, 'imageFile' | 'workspaceFile' | 'secretFiles'>> & {
  readonly imageFile?: string
  readonly workspaceFile?: string
  readonly secretFiles?: Readonly<Record<string, string>>
}

export async function written({
  imageFile,
  workspaceFile,
  secretFiles = {},
  ...rest
}: Wrote): Promise<Written> {
  return {
    env: {},
    hints: { inContainer: true, isMount: () => false, exists: () => false },
    secretFiles: (path) => secretFiles[path],
    ...rest,
    imageFile:
      imageFile === undefined
        ? undefined
        : await parseSettingsFile({ path: '/etc/comfy-init.yaml', text: imageFile, from: 'image-file' }),
    workspaceFile:
      workspaceFile === undefined
        ? undefined
        : await parseSettingsFile({ path: '/ws/settings.yaml', text: workspaceFile, from: 'workspace-file' }),
  }
}

export async function read(wrote: Wrote): Promise<Read> {
  return readSettings(await written(wrote))
}

/** The problems of a refusal; none when the settings are taken. */
export async function refused(wrote: Wrote): Promise<readonly Problem[]> {
  try {
    await read(wrote)
    return []
  } catch (error) {
    if (error instanceof Refusal) return error.problems
    throw error
  }
}

/** Each problem as one text: code, what, why and remedy. */
export function texts(problems: readonly Problem[]): readonly string[] {
  return problems.map((each) => {
    const { code, what, why, remedy } = each.in('docker')
    return `${code} ${what} ${why} ${remedy}`
  })
}

export function codes(problems: readonly Problem[]): readonly string[] {
  return problems.map((each) => each.code)
}
