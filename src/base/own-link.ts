/**
 * Target of a link that comfy-init makes: `<folder>/./<name>`, which leads to the same place as without the dot and which
 * nobody writes by hand. So our links are known without a list of them, even when what they led to is gone.
 */
export function ownTarget(folder: string, name: string): string {
  return `${folder}/./${name}`
}

/** True for the target of a link that comfy-init made. */
export function isOwnTarget(target: string | undefined): boolean {
  return target?.includes('/./') ?? false
}
