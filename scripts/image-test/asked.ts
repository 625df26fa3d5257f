import { parseArgs } from 'node:util'

/** What was asked for on the command line. */
export type Asked = {
  readonly file: string
  /** An image that is there: nothing is built. */
  readonly image: string | undefined
  /** Another one with a newer ComfyUI, for the upgrade. */
  readonly newer: string | undefined
  /** A folder, or the URL of a git repository; the stand-in of the tests where it is not said. */
  readonly comfyui: string | undefined
  readonly base: string | undefined
  readonly torch: string | undefined
  readonly nodes: string | undefined
  readonly keep: boolean
  readonly strict: boolean
  /** File that gets the results as vitest's JSON. */
  readonly report: string | undefined
  /** Parts of names of test files; all when there is none. */
  readonly only: readonly string[]
}

const HELP = `npm run image-test [-- OPTIONS] [NAME...]

Builds the image, runs it for real, and checks what it promises. NAME: only test files with that in their name.

  --file FILE       the Dockerfile that is built (Dockerfile.cpu)
  --image NAME      test an image that is there, build nothing
  --newer NAME      with --image: the same with a newer ComfyUI, for the upgrade
  --comfyui WHERE   a real ComfyUI, from a folder or a git URL, with PyTorch and all; else a small stand-in
  --base IMAGE      base image of all that is built
  --torch "…"       packages of PyTorch; empty for none
  --nodes "…"       custom nodes in the image; empty for none
  --keep            leave containers and volumes for a look
  --strict          end with 1 when a check could not run
  --report FILE     write the results as JSON too
`

/** Reads the command line; ends the program with 64 when it is wrong, with 0 after --help. */
export function readAsked(args: readonly string[]): Asked {
  const text = { type: 'string' } as const
  const yes = { type: 'boolean', default: false } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{
          file: { ...text, default: 'Dockerfile.cpu' },
          image: text,
          newer: text,
          comfyui: text,
          base: text,
        },
        ...{ torch: text, nodes: text, keep: yes, strict: yes, report: text, help: yes },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    if (values.image === '') throw new Error('--image has no name.')
    const { file, image, newer, comfyui, base, torch, nodes, report } = values
    const { keep, strict } = values
    return { file, image, newer, comfyui, base, torch, nodes, report, keep, strict, only: positionals }
  } catch (error) {
    console.error(
      `Cannot read the command line. ${error instanceof Error ? error.message : error}\n\n${HELP}`,
    )
    process.exit(64)
  }
}
