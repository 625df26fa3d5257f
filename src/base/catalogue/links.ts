import { entry } from '../entry.ts'

/** A link and where it leads, as it is written. */
type Led = { readonly path: string; readonly target: string }

/** What is wrong with a link: nothing is where it leads, it leads back to itself, or to a place that is not for it. */
type Fault = 'dangling' | 'loop' | 'elsewhere'

/** Problems with links in the workspace. */
export const linkProblems = {
  LINK_IN_COMFYUIS_PLACE: entry<Led & { fault: Fault }>({
    kind: 'environment',
    what: ({ path }) => `Cannot put ComfyUI into ${path}.`,
    why: ({ path, target, fault }) => `${path} is a link to ${target}${faultText(fault)}.`,
    remedy: ({ path, target, fault }) =>
      fault === 'elsewhere'
        ? `Set COMFY_HOME=${target} to run what is there, or COMFY_ADOPT=link to leave it, or remove the link alone: rm ${path}`
        : `Mount what it leads to, or remove the link: rm ${path}`,
  }),
  LINK_LEADS_NOWHERE: entry<Led & { fault: Fault }>({
    kind: 'environment',
    what: ({ path }) => `Cannot use ${path}.`,
    why: ({ path, target, fault }) => `${path} is a link to ${target}${faultText(fault)}.`,
    remedy: ({ path, target, fault }) =>
      fault === 'loop'
        ? `Remove the link; a folder is made in its place: rm ${path}`
        : `Mount what belongs to ${target}, or remove the link; a folder is made in its place: rm ${path}`,
  }),
  LINK_INSIDE_ITSELF: entry<Led>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `${path} leads back to the folder it lies in.`,
    why: ({ path, target }) =>
      `${path} is a link to ${target}, which ln -s makes when it is run twice; ComfyUI lists each file there many times.`,
    remedy: ({ path }) => `Remove the link, which removes no file: rm ${path}`,
  }),
  LINK_NOT_REPAIRED: entry<{ path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot repair the link ${path}.`,
    why: ({ code }) => `The filesystem answered ${code}.`,
    remedy: ({ path }) => `Look at what is there: ls -la ${path}`,
  }),
} as const

function faultText(fault: Fault): string {
  switch (fault) {
    case 'dangling':
      return ', and nothing is there'
    case 'loop':
      return ', and leads back to itself'
    case 'elsewhere':
      return ', which comfy-init did not make'
  }
}
