import { entry } from '../entry.ts'

/** Problems with model folders. */
export const modelProblems = {
  MODELS_FOLDER_NEAR_MISS: entry<{ tier: string; folder: string; meant: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ tier, folder }) => `ComfyUI does not list the models in ${tier}/${folder}.`,
    why: ({ folder, meant }) => `The folder is called «${folder}»; ComfyUI reads «${meant}».`,
    remedy: ({ tier, folder, meant }) => `Where it can be written: mv ${tier}/${folder} ${tier}/${meant}`,
  }),
  MODELS_FOLDER_IN_THE_WAY: entry<{ path: string; target: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path, target }) => `Cannot link ${path} to ${target}.`,
    why: ({ path }) => `${path} has files of its own and is left as it is.`,
    remedy: ({ path }) => `Move them away to see the shared ones: mv ${path} ${path}.own`,
  }),
  MODELS_NOT_LINKED: entry<{ path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot link shared models into ${path}.`,
    why: ({ code }) => `The filesystem answered ${code}.`,
    remedy: ({ path }) => `Look at what is there: ls -la ${path}`,
  }),
  MODEL_PATHS_NOT_WRITTEN: entry<{ path: string; code: string }>({
    kind: 'environment',
    level: 'warning',
    what: ({ path }) => `Cannot write ${path}.`,
    why: ({ code }) =>
      `The filesystem answered ${code}. ComfyUI sees the shared models of the last boot, if any.`,
    remedy: ({ path }) => `Look at what is there: ls -la ${path}`,
  }),
} as const
