/** What ComfyUI means by --listen without an address. */
const EVERYWHERE = '0.0.0.0,::'

/**
 * The address at which a service of this machine is asked, from what it listens on: one address or a list with commas;
 * '' is everywhere and undefined ComfyUI's default, this machine alone.
 */
export function askedAt(listen: string | undefined): string {
  if (listen === undefined) return '127.0.0.1'
  const addresses = (listen === '' ? EVERYWHERE : listen).split(',').map((each) => each.trim())
  if (addresses.some((each) => LOCAL.has(each))) return '127.0.0.1'
  const [first = '127.0.0.1'] = addresses.filter((each) => each !== '')
  return first === '::' ? '::1' : first
}

const LOCAL = new Set(['0.0.0.0', '127.0.0.1', 'localhost'])
