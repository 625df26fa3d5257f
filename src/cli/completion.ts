import { Problem } from '../base/problem.ts'
import type { Host } from '../host/host.ts'
import { optionKeys, optionOf } from '../settings/settings.ts'
import { type CommandName, commandEntry, commands, isCommand, switchEntry } from './commands.ts'
import type { Typed } from './desk.ts'
import { NODE_ACTS } from './nodes/acts.ts'
import { optionsFor } from './options-for.ts'

/** `comfy-init completion bash`: a script for `source <(comfy-init completion bash)`. */
export function completion(host: Host, { words }: Pick<Typed, 'words'>): number {
  const [shell = ''] = words
  if (shell !== 'bash') {
    const message = `There is a script for bash, none for «${shell}».`
    throw new Problem('ARGUMENTS_INVALID', {
      command: 'completion',
      message,
      hint: 'comfy-init completion bash',
    })
  }
  host.out.stdout(bashScript())
  return 0
}

/** Everything is in the script itself: a press of Tab starts no program. */
export function bashScript(): string {
  const names = Object.keys(commands).filter(isCommand)
  return `# bash completion of comfy-init
_comfy_init() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names.join(' ')} --help --version' -- "$word") $(compgen -c -- "$word"))
    return
  fi
  case $before in
${choices().join('\n')}
  esac
  case $command in
${names.map(caseOf).join('\n')}
  esac
}
complete -o default -F _comfy_init comfy-init
`
}

// Values of options that are one of several words; paths and numbers are left to bash.
function choices(): readonly string[] {
  return optionKeys.map(optionOf).flatMap(({ flag, value, only }) => {
    const fixed = value.split('|').filter((each) => /^[a-z-]+$/.test(each))
    if (only === 'env' || fixed.length === 0) return []
    return [`    --${flag}) COMPREPLY=($(compgen -W '${fixed.join(' ')}' -- "$word")); return ;;`]
  })
}

function caseOf(name: CommandName): string {
  const entry = commandEntry(name)
  const flags = [
    ...entry.switches.flatMap((each) => {
      const { short } = switchEntry(each)
      return [`--${each}`, ...(short === undefined ? [] : [`-${short}`])]
    }),
    ...optionsFor(entry).map(({ flag }) => `--${flag}`),
  ]
  const words = [...flags, ...(flags.length === 0 ? [] : ['--help']), ...wordsFor(name)]
  return `    ${name}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")) ;;`
}

function wordsFor(name: CommandName): readonly string[] {
  const { words } = commandEntry(name)
  if (words?.name === 'SERVICE') return ['comfyui', 'jupyter']
  if (words?.name === 'SHELL') return ['bash']
  if (name === 'workspace') return ['status', 'verify', 'upgrade', 'rollback', 'clean']
  if (name === 'nodes') return NODE_ACTS
  return name === 'explain' ? optionKeys.map((key) => optionOf(key).env) : []
}
