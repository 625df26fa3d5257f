import type { TorchFacts } from './device-facts.ts'

/** What a venv's pyvenv.cfg says; `home` is the folder of the Python it was made from. */
export type VenvConfig = {
  readonly home: string | undefined
  /** `3.12` */
  readonly version: string | undefined
  readonly systemPackages: boolean
}

/** Reads pyvenv.cfg's text; venv writes `version`, virtualenv and uv `version_info`. */
export function parseVenvConfig(text: string): VenvConfig {
  const value = (key: string) => new RegExp(`^${key}\\s*=\\s*(.+?)\\s*$`, 'm').exec(text)?.[1]
  return {
    home: value('home'),
    version: shortVersion(value('version') ?? value('version_info') ?? ''),
    systemPackages: value('include-system-site-packages')?.toLowerCase() === 'true',
  }
}

/** `3.12` of `3.12.3`, `3.12.3.final.0` or `python3.12`. */
export function shortVersion(text: string): string | undefined {
  return /(?:^|python)(\d+\.\d+)/.exec(text)?.[1]
}

/** What torch/version.py says; `cuda` is undefined for builds for the CPU or for ROCm. */
export function parseTorchVersion(text: string): TorchFacts | undefined {
  const value = (name: string) =>
    new RegExp(`^${name}\\b(?:\\s*:[^=\\n]*)?\\s*=\\s*["']([^"']*)["']`, 'm').exec(text)?.[1]
  const version = value('__version__')
  return version === undefined ? undefined : { version, cuda: value('cuda'), archs: undefined }
}
