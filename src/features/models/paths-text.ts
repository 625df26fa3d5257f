import type { Category } from '../../facts/facts.ts'
import type { Tier } from '../../facts/folder-facts.ts'

/**
 * Text of the file for --extra-model-paths-config, or undefined when there is nothing to say: tiers in their order, then
 * the person's own folder of custom nodes. Its reader (ComfyUI's utils/extra_config.py) takes texts and `|` blocks alone, and
 * dies of an empty file, a list or a key without a value. `is_default` is never said: it would make a shared folder the one
 * that downloads are written to.
 */
export function pathsText(
  tiers: readonly Tier[],
  categories: readonly Category[],
  nodesFolder: string | undefined,
): string | undefined {
  const sections = tiers.flatMap((tier, at) => tierSection(tier, categories, at + 1))
  if (nodesFolder !== undefined) sections.push(`comfy_init_nodes:\n  custom_nodes: ${scalar(nodesFolder)}`)
  return sections.length === 0 ? undefined : `${HEAD}\n${sections.join('\n')}\n`
}

const HEAD = '# Written by comfy-init at each boot; what is changed here is lost. See COMFY_SHARED_MODELS.'

function tierSection(tier: Tier, categories: readonly Category[], number: number): readonly string[] {
  const keys = categories.flatMap(({ name, folders }) => {
    const there = folders.filter((folder) => tier.folders.includes(folder))
    return there.length === 0 ? [] : [`  ${scalar(name)}: ${lines(there)}`]
  })
  if (keys.length === 0) return []
  return [`comfy_init_tier_${number}:\n  base_path: ${scalar(tier.path)}\n${keys.join('\n')}`]
}

function lines(folders: readonly string[]): string {
  if (folders.length > 1 && folders.every(isPlain)) return `|\n    ${folders.join('\n    ')}`
  return scalar(folders.join('\n'))
}

// JSON texts are YAML texts; quoting everything unusual leaves no word for YAML to take for a number, a date or a truth.
function scalar(text: string): string {
  return isPlain(text) ? text : JSON.stringify(text)
}

function isPlain(text: string): boolean {
  return /^[A-Za-z/][\w./-]*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text)
}
