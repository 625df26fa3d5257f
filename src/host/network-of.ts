/** The network whose members count as one: a /64 of IPv6, since whoever has one address has them all, or one IPv4 address, also where that is written as IPv6. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:/i, '')
  if (!plain.includes(':')) return plain
  const [head = ''] = plain.split('::')
  return head.split(':').slice(0, 4).join(':')
}
