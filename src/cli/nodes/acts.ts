/** What can be asked of `comfy-init nodes`, in the order of its help. */
export const NODE_ACTS = [
  'list',
  'why',
  'sync',
  'update',
  'add',
  'remove',
  'lock',
  'freeze',
  'check',
  'vendor',
  'import',
  'export',
] as const

/** One of them. */
export type NodeAct = (typeof NODE_ACTS)[number]
