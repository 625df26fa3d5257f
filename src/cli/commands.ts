/** One command: what it does and what may follow it. Routing, help, reference and completion are made from this. */
export type CommandEntry = {
  readonly about: string
  /** Words that follow: a name for the person to fill in, and how many at least and at most. */
  readonly words?: {
    readonly name: string
    readonly about: string
    readonly least: number
    readonly most: number
    /** Words that can be typed as they stand. */
    readonly example: string
  }
  /** Which settings it takes as flags: all, those that lead to a running comfy-init, or none. */
  readonly options: 'all' | 'where' | 'none'
  readonly switches: readonly SwitchName[]
}

/** Switches of single commands, beside the settings. */
export type SwitchName = keyof typeof switches

/** One switch: what it does, what follows it, and its letter. */
export type SwitchEntry = { readonly about: string; readonly value?: string; readonly short?: string }

/** What each switch does; `value` stands for what follows it. */
export const switches = {
  json: { about: 'Prints one JSON document instead of text.' },
  live: { about: 'Asks only whether comfy-init lives, not whether ComfyUI answers.' },
  follow: { about: 'Goes on printing what is added, until Ctrl-C.', short: 'f' },
  as: { about: 'Format that is printed: manager, desktop or comfy-cli.', value: 'FORMAT' },
  lines: { about: 'How many of the last lines are printed (100).', value: 'N' },
} as const satisfies Record<string, SwitchEntry>

/** Settings that lead to a running comfy-init. */
export const WHERE_OPTIONS = ['instance', 'runtimeFolder', 'httpPort', 'httpListen', 'workspace'] as const

const service = {
  name: 'SERVICE',
  about: 'comfyui or jupyter',
  least: 1,
  most: 1,
  example: 'comfyui',
} as const

const comfyArguments = {
  name: 'ARGUMENT',
  about: 'arguments for ComfyUI, after --',
  least: 0,
  most: 1000,
  example: '-- --lowvram',
} as const

/** The commands, in the order of the help. */
export const commands = {
  run: {
    about: 'Starts ComfyUI and watches over it; the same as no command.',
    words: comfyArguments,
    options: 'all',
    switches: [],
  },
  plan: {
    about: 'Prints what a start would do now, and does nothing.',
    words: comfyArguments,
    options: 'all',
    switches: ['json'],
  },
  doctor: {
    about: 'Prints what this machine is like and what is wrong with it.',
    words: comfyArguments,
    options: 'all',
    switches: ['json'],
  },
  explain: {
    about: 'Prints each setting, its value and where the value comes from.',
    words: {
      name: 'NAME',
      about: 'one setting, as COMFY_PORT, --port or port',
      least: 0,
      most: 1,
      example: 'COMFY_PORT',
    },
    options: 'all',
    switches: ['json'],
  },
  status: {
    about: 'Prints what the running comfy-init is doing.',
    options: 'where',
    switches: ['json'],
  },
  health: {
    about: 'Ends with 0 when ComfyUI answers and with 1 when it does not; made for HEALTHCHECK.',
    options: 'none',
    switches: ['live', 'json'],
  },
  restart: { about: 'Restarts a service.', words: service, options: 'where', switches: ['json'] },
  stop: {
    about: 'Stops a service; comfy-init stays.',
    words: service,
    options: 'where',
    switches: ['json'],
  },
  start: { about: 'Starts a service that is stopped.', words: service, options: 'where', switches: ['json'] },
  logs: {
    about: 'Prints the last lines of a service’s log file.',
    words: service,
    options: 'where',
    switches: ['lines', 'follow'],
  },
  deaths: {
    about: 'Shows why services died: the last ones, or all about one of them.',
    words: {
      name: 'N',
      about: 'one death in full, 1 the newest',
      least: 0,
      most: 1,
      example: '1',
    },
    options: 'where',
    switches: ['json'],
  },
  events: {
    about: 'Prints what happens in the running comfy-init from now on, until it ends.',
    options: 'where',
    switches: ['json'],
  },
  workspace: {
    about: 'Shows which ComfyUI lies in the workspace, and changes it.',
    words: {
      name: 'ACT',
      about:
        'status (what lies there, and what the next start does), verify (what was changed in ComfyUI’s code), upgrade (take the image’s ComfyUI), rollback (go back to the previous one) or clean (remove the previous one and unfinished copies)',
      least: 1,
      most: 1,
      example: 'status',
    },
    options: 'all',
    switches: ['json'],
  },
  nodes: {
    about: 'Shows which custom nodes there are, and changes them.',
    words: {
      name: 'ACT',
      about:
        'list (every node, and what became of it), why NAME (all about one node or Python package), sync (what is asked for, now), update [NAME…] (newer ones, as far as the manifest allows), add SPEC…, remove NAME…, lock (exactly which ones, without installing), freeze (lock what lies there), check (import them once), vendor DIR (all that is locked, for an image without network), import FILE or export --as FORMAT (snapshots of other programs)',
      least: 1,
      most: 1000,
      example: 'list',
    },
    options: 'all',
    switches: ['json', 'as'],
  },
  version: { about: 'Prints version, commit and Node version.', options: 'none', switches: ['json'] },
  exec: {
    about: 'Runs a program as it is, even one named like a command: exec -- PROGRAM ARGUMENT…',
    words: {
      name: 'PROGRAM',
      about: 'the program and its arguments',
      least: 1,
      most: 1000,
      example: '-- bash',
    },
    options: 'none',
    switches: [],
  },
  completion: {
    about: 'Prints a completion script for a shell.',
    words: { name: 'SHELL', about: 'bash', least: 1, most: 1, example: 'bash' },
    options: 'none',
    switches: [],
  },
} as const satisfies Record<string, CommandEntry>

/** Name of a command. */
export type CommandName = keyof typeof commands

/** True for a word that is one of our commands. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commands, word)
}

/** A command's entry, with everything optional visible. */
export function commandEntry(name: CommandName): CommandEntry {
  return commands[name]
}

/** True for a command that hands words on to ComfyUI; they stand after --. */
export function takesComfyArguments(name: CommandName): boolean {
  return commandEntry(name).words === comfyArguments
}

/** A switch's entry, with everything optional visible. */
export function switchEntry(name: SwitchName): SwitchEntry {
  return switches[name]
}
