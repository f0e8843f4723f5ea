import { isIP } from 'node:net'
import type { Finding, Place } from '../../domain/catalogue.ts'
import { fault, quoted } from '../findings.ts'

/** An address with a prefix length, or one address alone. */
export function checkNetwork(network: string, place: Place, findings: Finding[]): void {
  const [address = '', bits, ...more] = network.split('/')
  const family = isIP(address)
  const width = bits === undefined ? 0 : /^\d{1,3}$/.test(bits) ? Number(bits) : 999
  if (family !== 0 && more.length === 0 && width <= (family === 4 ? 32 : 128)) return
  findings.push(
    fault(
      place,
      'LC_NETWORK',
      `${quoted(network)} is no network`,
      'Write an address with a prefix length, such as 192.0.2.0/24.',
    ),
  )
}
