/** Folder name of the custom node that a path or sentence is about. */
export function nodeOf(text: string): string | undefined {
  return /\/custom_nodes\/([^/\s]+)/.exec(text)?.[1]
}

/** What to do about a custom node that ends ComfyUI; undefined without one. */
export function nodeAdvice(node: string | undefined): string | undefined {
  if (node === undefined) return undefined
  return `Update the custom node ${node}, or have ComfyUI leave it out: mv custom_nodes/${node} custom_nodes/${node}.disabled.`
}
