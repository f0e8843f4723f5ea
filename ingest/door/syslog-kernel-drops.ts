import { readFile } from 'node:fs/promises'
import { isIPv4 } from 'node:net'

/** Columns of /proc/net/udp (proc(5)): `sl local_address … drops`. */
const LOCAL = 1

/**
 * Datagrams that the kernel dropped on a UDP port since it was opened, because nobody read them in time; 0 where it
 * does not tell (other systems than Linux).
 */
export async function kernelDrops(host: string, port: number): Promise<number> {
  const table = await readFile(host.includes(':') ? '/proc/net/udp6' : '/proc/net/udp', 'latin1').catch(() => '')
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const own = isIPv4(host) ? hexOf(host) + suffix : suffix
  let drops = 0
  for (const row of table.split('\n').slice(1)) {
    const columns = row
      .trim()
      .split(' ')
      .filter(column => column !== '')
    if (columns[LOCAL]?.endsWith(own)) drops += Number(columns.at(-1)) || 0
  }
  return drops
}

/** An IPv4 address as the table writes it: bytes last to first. */
function hexOf(address: string): string {
  return address
    .split('.')
    .reverse()
    .map(byte => Number(byte).toString(16).toUpperCase().padStart(2, '0'))
    .join('')
}
