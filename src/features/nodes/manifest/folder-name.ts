/** Longest name: what is staged beside it has a longer one, and 255 bytes are all that a filesystem takes. */
const MOST = 100

/** Why a name is none for a folder in custom_nodes: ComfyUI would skip it, or it is taken; undefined where it is one. */
export function folderFault(name: string): string | undefined {
  if (name === '') return 'A folder needs a name.'
  if (name.startsWith('.')) return `ComfyUI does not load «${name}»: its name begins with a dot.`
  if (/\.disabled$/i.test(name)) return `ComfyUI does not load «${name}»: .disabled switches a folder off.`
  if (/^__pycache__$/i.test(name)) return `ComfyUI does not load «${name}».`
  if (name.length > MOST) return `The folder’s name has ${name.length} characters; ${MOST} are the most.`
  if (!/^[A-Za-z0-9_][\w.+-]*$/.test(name))
    return `«${name}» is no name for a folder: letters, digits, _ . + and - are, and it begins with a letter or a digit.`
  return undefined
}

/** The last part of a path or an address, which its folder is called after; without an ending that is not the node’s. */
export function lastPart(address: string): string {
  const path = address.replace(/[?#].*$/, '').replace(/\/+$/, '')
  return (path.split('/').at(-1) ?? '').replace(/\.(git|zip)$/i, '')
}
