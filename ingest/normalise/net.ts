/** A block of addresses; IPv4 has 4 bytes, IPv6 16. */
export interface Network {
  readonly bytes: readonly number[]
  readonly prefix: number
}

/**
 * The address of a client as logged: with or without port, brackets and zone, or a list as X-Forwarded-For has it, of
 * which the first counts. An IPv4-mapped IPv6 address is the IPv4 one. undefined when it is none.
 */
export function readAddress(logged: string): readonly number[] | undefined {
  if (logged === '' || logged.length > 1_024) return undefined
  const comma = logged.indexOf(',')
  let text = (comma < 0 ? logged : logged.slice(0, comma)).trim()
  if (text.startsWith('[')) {
    const close = text.indexOf(']')
    return close < 0 ? undefined : readIPv6(text.slice(1, close))
  }
  const colon = text.indexOf(':')
  if (colon >= 0 && text.indexOf(':', colon + 1) < 0) text = text.slice(0, colon)
  return colon >= 0 && text.includes(':') ? readIPv6(text) : readIPv4(text)
}

/** What is kept of an address: `203.0.113.0/24`, `2001:db8:1::/48` (RFC 5952 form). */
export function networkOf(address: readonly number[]): string {
  if (address.length === 4) return `${address.slice(0, 3).join('.')}.0/24`
  const groups = [0, 2, 4].map(i => (address[i] ?? 0) * 256 + (address[i + 1] ?? 0))
  while (groups.length > 0 && groups[groups.length - 1] === 0) groups.pop()
  return `${groups.map(group => group.toString(16)).join(':')}::/48`
}

/** CIDR text (`10.0.0.0/8`, `2001:db8::/32`, or one address) as a network; undefined when it is none. */
export function readNetwork(cidr: string): Network | undefined {
  const slash = cidr.indexOf('/')
  const bytes = readAddress(slash < 0 ? cidr : cidr.slice(0, slash))
  if (bytes === undefined) return undefined
  const prefix = slash < 0 ? bytes.length * 8 : Number(cidr.slice(slash + 1))
  return Number.isInteger(prefix) && prefix >= 0 && prefix <= bytes.length * 8 ? { bytes, prefix } : undefined
}

export function isInNetwork(address: readonly number[], network: Network): boolean {
  if (address.length !== network.bytes.length) return false
  for (let i = 0; i * 8 < network.prefix; i++) {
    const bits = Math.min(8, network.prefix - i * 8)
    const mask = (0xff << (8 - bits)) & 0xff
    if (((address[i] ?? 0) & mask) !== ((network.bytes[i] ?? 0) & mask)) return false
  }
  return true
}

function readIPv4(text: string): readonly number[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) return undefined
  const bytes = match.slice(1).map(Number)
  return bytes.every(byte => byte <= 255) ? bytes : undefined
}

// RFC 4291 §2.2.
function readIPv6(text: string): readonly number[] | undefined {
  const zone = text.indexOf('%')
  const address = zone < 0 ? text : text.slice(0, zone)
  if (address.length > 45) return undefined
  const halves = address.split('::')
  if (halves.length > 2) return undefined
  const head = readGroups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '', true) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined
  const bytes = [...head, ...new Array<number>(missing).fill(0), ...tail]
  const mapped = bytes[10] === 255 && bytes[11] === 255 && bytes.slice(0, 10).every(byte => byte === 0)
  return mapped ? bytes.slice(12) : bytes
}

function readGroups(text: string, mayEndInIPv4: boolean): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [i, group] of groups.entries()) {
    if (mayEndInIPv4 && i === groups.length - 1 && group.includes('.')) {
      const four = readIPv4(group)
      if (four === undefined) return undefined
      bytes.push(...four)
    } else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    } else return undefined
  }
  return bytes
}
