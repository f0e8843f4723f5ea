import { BlockList, isIPv4 } from 'node:net'
import { isLoopback } from '../../services/platform/access.ts'

/**
 * Who may send: this machine always; others when one of the networks (CIDR, or one address) holds them, and everybody
 * when none is named. `address` as the socket tells it, also IPv4 written as IPv6.
 */
export function senderRule(networks: readonly string[]): (address: string | undefined) => boolean {
  if (networks.length === 0) return address => address !== undefined
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return address => {
    if (address === undefined) return false
    if (isLoopback(address)) return true
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address
    return list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6')
  }
}
