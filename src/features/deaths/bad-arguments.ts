import { clipped, type Evidence, type Finding } from './evidence.ts'

/** argparse ends with 2 and a line `PROGRAM: error: …` when it does not understand its arguments. */
export function argumentsFinding({ spec, ending }: Evidence, lines: readonly string[]): Finding | undefined {
  if (ending.code !== 2) return undefined
  const said = lines
    .map((line) => /^[\w. -]+: error: (.+)$/.exec(line)?.[1])
    .findLast((each) => each !== undefined)
  if (said !== undefined)
    return {
      cause: 'bad-arguments',
      summary: `${spec.title} did not understand its arguments: ${clipped(said)}.`,
      ...(spec.name === 'comfyui' ? { remedy: REMEDY } : {}),
    }
  const file = lines
    .map((line) => /can't open file '([^']+)'/.exec(line)?.[1])
    .findLast((each) => each !== undefined)
  if (file === undefined) return undefined
  return {
    cause: 'bad-arguments',
    summary: `${spec.title} was not started: Python cannot open ${file}.`,
    remedy: `ls -l ${file}`,
  }
}

const REMEDY =
  'Change COMFY_ARGS or the command line: comfy-init explain COMFY_ARGS shows where they come from.'
