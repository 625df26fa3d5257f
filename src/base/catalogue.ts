import { gpuProblems } from './catalogue/gpu.ts'
import { identityProblems } from './catalogue/identity.ts'
import { importProblems } from './catalogue/imports.ts'
import { linkProblems } from './catalogue/links.ts'
import { lockProblems } from './catalogue/lock.ts'
import { machineProblems } from './catalogue/machine.ts'
import { modelProblems } from './catalogue/models.ts'
import { nodeActProblems } from './catalogue/node-acts.ts'
import { nodeCheckProblems } from './catalogue/node-check.ts'
import { nodeProblems } from './catalogue/nodes.ts'
import { packageProblems } from './catalogue/packages.ts'
import { queueProblems } from './catalogue/queue.ts'
import { serviceProblems } from './catalogue/services.ts'
import { settingProblems } from './catalogue/settings.ts'
import { usageProblems } from './catalogue/usage.ts'
import { venvProblems } from './catalogue/venv.ts'
import { workspaceProblems } from './catalogue/workspace.ts'

/** Every problem the program can name. Codes are permanent: they are documented, searched for and matched by scripts. */
export const catalogue = {
  ...settingProblems,
  ...usageProblems,
  ...identityProblems,
  ...machineProblems,
  ...gpuProblems,
  ...workspaceProblems,
  ...lockProblems,
  ...venvProblems,
  ...importProblems,
  ...linkProblems,
  ...modelProblems,
  ...nodeProblems,
  ...nodeCheckProblems,
  ...nodeActProblems,
  ...packageProblems,
  ...serviceProblems,
  ...queueProblems,
} as const

/** The catalogue's type; its keys are the codes. */
export type Catalogue = typeof catalogue
