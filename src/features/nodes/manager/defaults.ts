/**
 * What ComfyUI-Manager is told unless somebody told it otherwise. Once its file is there, it takes each switch that is missing
 * from it for «off». pip, not uv: pip sees the image’s packages below the overlay and leaves them, uv would install torch anew.
 */
export function managerDefaults(offline: boolean): Readonly<Record<string, string>> {
  return {
    security_level: 'normal',
    network_mode: offline ? 'offline' : 'public',
    use_uv: 'False',
    file_logging: 'True',
    always_lazy_install: 'False',
    downgrade_blacklist: 'torch, torchvision, torchaudio, torchsde, numpy, triton, xformers',
  }
}

/**
 * A text of Manager’s config.ini with these keys added to its section `default` where they are missing; all else stays as it
 * is. The same text where nothing is missing. Pure.
 */
export function withDefaults(text: string, defaults: Readonly<Record<string, string>>): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^\[default\]\s*$/.test(line))
  if (start < 0)
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}[default]\n${linesOf(defaults)}\n`
  const next = lines.findIndex((line, at) => at > start && line.startsWith('['))
  const section = lines.slice(start + 1, next < 0 ? undefined : next)
  const there = new Set(section.map((line) => /^\s*([^=:#;\s]+)\s*[=:]/.exec(line)?.[1]?.toLowerCase()))
  const missing = Object.fromEntries(Object.entries(defaults).filter(([key]) => !there.has(key)))
  if (Object.keys(missing).length === 0) return text
  return [...lines.slice(0, start + 1), linesOf(missing), ...lines.slice(start + 1)].join('\n')
}

function linesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} = ${value}`)
    .join('\n')
}
