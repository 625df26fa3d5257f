import type { Option } from '../../src/settings/option.ts'
import { doorOptions } from '../../src/settings/options/doors.ts'
import { identityOptions } from '../../src/settings/options/identity.ts'
import { nodeOptions } from '../../src/settings/options/nodes.ts'
import { placeOptions } from '../../src/settings/options/places.ts'
import { serviceOptions } from '../../src/settings/options/services.ts'
import { supervisionOptions } from '../../src/settings/options/supervision.ts'
import { workspaceOptions } from '../../src/settings/options/workspace.ts'

const GROUPS: readonly (readonly [string, Readonly<Record<string, Option<unknown>>>])[] = [
  ['Places', placeOptions],
  ['Workspace', workspaceOptions],
  ['Identity and machine', identityOptions],
  ['Nodes', nodeOptions],
  ['Services', serviceOptions],
  ['Supervision', supervisionOptions],
  ['Doors and logs', doorOptions],
]

const INTRODUCTION = `<!-- Made by npm run docs from src/settings/options/; edit there. -->

# Settings

Every setting can be written in four places. The first that says something counts:

1. a flag of \`comfy-init run\`, like \`--port 8189\`
2. an environment variable, like \`COMFY_PORT=8189\`
3. the workspace’s file, \`<workspace>/.comfy-init/settings.yaml\`
4. the image’s file, \`/etc/comfy-init.yaml\`

Otherwise the default holds. \`comfy-init explain\` shows every value in force and where it came from; \`comfy-init explain
NAME\` shows one.

- *Aliases* are names that other images use for the same thing. When the variable and an alias, or two aliases, say
  different things, the variable, or the alias named first below, counts and a warning names the others.
- *Empty variables* count as unset, except for settings marked «list», where empty means none.
- *Secrets* are never shown. Each variable of a secret, aliases included, has a second form with \`_FILE\` at its end, which
  holds the path of a file with the secret in it; line ends at its end are left out. Setting both forms is refused.
- *Files* are YAML mappings of the flags’ names: \`stop-grace: 8s\`, \`shared-models: [/models/hot, /models/cold]\`. Unknown
  names are refused. [settings.schema.json](settings.schema.json) lets editors check them. The workspace’s file may not hold
  \`workspace\`, \`home\`, \`runtime\`, \`uid\`, \`gid\` and \`identity\`: nodes can write the workspace, and must not decide where or
  as whom comfy-init acts.
- *Arguments for ComfyUI* that are settings are taken as such: \`--port\`, \`--listen\`, \`--input-directory\`,
  \`--output-directory\` and \`--cpu\` (COMFY_GPU=off). They count before the setting that is written in the same place.
  \`--base-directory\` is refused, since it follows from COMFY_WORKSPACE. All others go to ComfyUI as they are.
- *Unknown names* that begin with \`COMFY_\` are warned about, with the name that was probably meant.
`

/** docs/reference/settings.md. */
export function settingsPage(): string {
  const groups = GROUPS.map(
    ([title, options]) => `## ${title}\n\n${Object.values(options).map(entryOf).join('\n')}`,
  )
  return [INTRODUCTION, ...groups].join('\n')
}

function entryOf(option: Option<unknown>): string {
  const marks = [option.secret && 'secret', option.list && 'list', option.only && 'environment only']
  const aliases = (option.aliases ?? []).map((each) => `\`${each}\``)
  const rows = [
    ['Accepts', `\`${option.value}\``],
    ['Default', `${option.why}.`],
    ...(option.only === 'env' ? [] : [['Flag', `\`--${option.flag}\``]]),
    ...(aliases.length > 0 ? [['Aliases', aliases.join(', ')]] : []),
    ...(option.secret
      ? [['File', [option.env, ...(option.aliases ?? [])].map((each) => `\`${each}_FILE\``).join(', ')]]
      : []),
    ...(marks.some(Boolean) ? [['Kind', marks.filter(Boolean).join(', ')]] : []),
  ]
  return [
    `### ${option.env}`,
    '',
    option.about,
    '',
    ...rows.map(([name, text]) => `- ${name}: ${text}`),
    '',
  ].join('\n')
}
