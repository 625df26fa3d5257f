import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

/** The flag with which ComfyUI ends once everything is loaded. */
export const QUICK_TEST = '--quick-test-for-ci'

const WITHOUT_ALL = '--disable-all-custom-nodes'
const BUT_THESE = '--whitelist-custom-nodes'
const DATABASE = '--database-url'
const TEMP = '--temp-directory'

/**
 * What a trial does without: its own choice of nodes and words, ComfyUI-Manager (which installs and asks the network), and what
 * would write into the workspace or ask GitHub.
 */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  ...[WITHOUT_ALL, BUT_THESE, DATABASE, TEMP, QUICK_TEST, '--verbose', '--auto-launch'],
  ...['--enable-manager', '--enable-manager-legacy-ui', '--enable-assets', '--enable-asset-hashing'],
  ...['--front-end-version', '--list-feature-flags'],
])

/** Flags of the ComfyUI that is started; empty when they could not be read. Pure. */
export function flagsOf({ adopted, image }: Pick<Facts, 'adopted' | 'image'>): ReadonlySet<string> {
  return (adopted ?? image)?.flags ?? new Set()
}

/** Whether ComfyUI can be started without some of its nodes: it knows how, and the person does not choose themselves. Pure. */
export function canLeaveOut(
  { args }: Pick<Settings, 'args'>,
  facts: Pick<Facts, 'adopted' | 'image'>,
): boolean {
  const flags = flagsOf(facts)
  const isGiven = (flag: string) => args.some((word) => word === flag || word.startsWith(`${flag}=`))
  return [WITHOUT_ALL, BUT_THESE].every((flag) => flags.has(flag) && !isGiven(flag))
}

/** Whether ComfyUI can be made to load its nodes and end, and is started with nodes at all. Pure. */
export function canBeTried(
  { args }: Pick<Settings, 'args'>,
  facts: Pick<Facts, 'adopted' | 'image'>,
): boolean {
  return flagsOf(facts).has(QUICK_TEST) && !args.includes(WITHOUT_ALL)
}

/** Arguments that have ComfyUI load these nodes alone; as they are where all are to be loaded. Pure. */
export function withNodes(args: readonly string[], nodes: readonly string[] | undefined): readonly string[] {
  if (nodes === undefined) return args
  return [...args, WITHOUT_ALL, ...(nodes.length === 0 ? [] : [BUT_THESE, ...nodes])]
}

/** What a trial is started with beside a service's own arguments; `folder` is for what it writes. */
export type TrialWish = {
  readonly flags: ReadonlySet<string>
  readonly folder: string
  /** All when undefined. */
  readonly nodes: readonly string[] | undefined
}

/** Name of the database of a trial in its folder. */
export const TRIAL_DATABASE = 'comfyui.db'

/** A service's arguments (main.py first) for a trial. Pure. */
export function trialArguments(args: readonly string[], wish: TrialWish): readonly string[] {
  const { flags, folder, nodes } = wish
  const known = (flag: string, ...values: readonly string[]) => (flags.has(flag) ? [flag, ...values] : [])
  return withNodes(
    [
      ...without(args),
      // ComfyUI then names each node before it loads it. Without a value it means the most, in every ComfyUI that knows it.
      ...known('--verbose'),
      ...known(TEMP, folder),
      ...known(DATABASE, `sqlite:///${folder}/${TRIAL_DATABASE}`),
      QUICK_TEST,
    ],
    nodes,
  )
}

// A flag takes the words that follow it, up to the next flag.
function without(args: readonly string[]): readonly string[] {
  let isTaken = true
  return args.filter((word) => {
    if (word.startsWith('--')) isTaken = !NOT_TAKEN.has(word.split('=', 1)[0] ?? word)
    return isTaken
  })
}
