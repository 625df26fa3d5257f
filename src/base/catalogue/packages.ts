/** Problems with the Python packages of custom nodes. */
export const packageProblems = {} as const
