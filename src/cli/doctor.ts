import { commit, version } from '../base/version.ts'
import type { Desk, Typed } from './desk.ts'
import { factLines } from './fact-lines.ts'
import { json } from './print.ts'
import { exitCodeOfTexts, problemsText, wantsColour } from './show-problems.ts'

/** `comfy-init doctor`: what the machine is like and what is wrong with it; the exit code tells the problems' kind. */
export async function doctor(
  { host, acts }: Desk,
  { flags, words, json: asJson }: Pick<Typed, 'flags' | 'words' | 'json'>,
): Promise<number> {
  const view = await acts.doctor(host, { flags, comfyArgs: words })
  const program = { version, commit, node: process.version, arch: host.self.arch, pid: host.self.pid }
  if (asJson) host.out.stdout(json({ program, ...view }))
  else {
    const own = `comfy-init ${version} (${commit}, Node ${process.version}, ${host.self.arch})\n`
    const problems =
      view.problems.length === 0
        ? 'No problem was found.\n'
        : problemsText(view.problems, wantsColour(host, 'stdout'))
    host.out.stdout([own, factLines(view.facts, view.processes), problems].join('\n'))
  }
  return exitCodeOfTexts(view.problems)
}
