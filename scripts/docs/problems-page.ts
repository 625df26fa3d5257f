import { catalogue } from '../../src/base/catalogue.ts'
import type { Entry } from '../../src/base/entry.ts'
import { exitCodeOf } from '../../src/base/exit-code.ts'
import { placeholder } from './placeholder.ts'

const INTRODUCTION = `<!-- Made by npm run docs from src/base/catalogue/; edit there. -->

# Problems

Everything comfy-init complains about has one of these codes. Codes are permanent: scripts may match them. A *blocking*
problem stops the boot before its first step, and all blocking problems of a boot are shown together; a *warning* is shown
and the boot goes on. The exit code follows from the kind, except for programs that are passed through, which end with
126 or 127 as in a shell; where several kinds come together the gravest decides (bug, usage, settings, environment,
temporary).

The wordings below are for Docker, with \`<name>\` where a value stands; a remedy may be worded differently for Podman,
Kubernetes and RunPod.
`

/** docs/reference/problems.md. */
export function problemsPage(): string {
  const codes = Object.entries(catalogue as unknown as Readonly<Record<string, Entry<unknown>>>)
  return [INTRODUCTION, ...codes.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(sectionOf)].join('\n')
}

function sectionOf([code, { kind, level, exitCode, what, why, remedy }]: readonly [
  string,
  Entry<unknown>,
]): string {
  const details = placeholder('details')
  return [
    `## ${code}`,
    '',
    level === 'warning'
      ? `${kind}, warning.`
      : `${kind}, blocking; exit code ${exitCode ?? exitCodeOf([kind])}.`,
    '',
    `- What: ${wording(() => what(details))}`,
    `- Why: ${wording(() => why(details))}`,
    `- Remedy: ${wording(() => remedy(details, 'docker'))}`,
    '',
  ].join('\n')
}

// A wording that looks its details up in a table of its own has none for a placeholder.
function wording(make: () => string): string {
  try {
    const text = make().replace(/\s*\n\s*/g, ' ')
    return /undefined|\[object|NaN/.test(text) ? 'depends on what was found.' : escaped(text)
  } catch {
    return 'depends on what was found.'
  }
}

function escaped(text: string): string {
  return text.replaceAll('*', '\\*').replaceAll('_', '\\_').replaceAll('<', '\\<')
}
