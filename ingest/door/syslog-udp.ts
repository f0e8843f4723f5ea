import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Clock } from '../../services/domain/clock.ts'
import { drop } from '../../services/domain/outcome.ts'
import { counter } from '../../services/platform/metrics.ts'
import type { Batches } from './syslog-batches.ts'
import { listenFault } from './syslog-faults.ts'
import { kernelDrops } from './syslog-kernel-drops.ts'

/** What the kernel is asked to keep while we are busy; it gives at most `net.core.rmem_max`. */
const KERNEL_BYTES = 8_388_608
const DROPS_EVERY_MS = 5_000
/** A turn of the loop reads 32 datagrams: at a stop, so many turns empty the kernel's buffer, and no flood keeps us. */
const MOST_TURNS = 4_096

export interface UdpOptions {
  readonly source: string
  readonly host: string
  readonly port: number
  readonly batches: Batches
  readonly clock: Clock
  readonly allowed: (address: string | undefined) => boolean
  /** Somebody was refused or something went wrong: for the log, at most once a minute. */
  readonly onTrouble: (what: string) => void
}

export interface UdpDoor {
  readonly port: number
  /** Takes what the kernel has, then closes. */
  stop(): Promise<void>
}

/**
 * One datagram is one record, whatever is in it. What does not fit into memory is dropped and counted, and so is what
 * the kernel dropped before we saw it, where it tells (Linux).
 */
export async function openUdp(options: UdpOptions): Promise<UdpDoor> {
  const { source, host, batches, clock, allowed, onTrouble } = options
  const lost = counter('syslogLost')
  const refused = counter('syslogRefused')
  const socket = await bind(options)
  const { port } = socket.address()
  const stopped = new AbortController()
  let came = 0
  socket.on('error', error => onTrouble(`UDP: ${error.message}`))
  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    came += 1
    if (!allowed(from.address)) {
      refused.add(1, { source, reason: 'network' })
      onTrouble('a datagram from a network that is not allowed was refused')
    } else if (batches.full) {
      batches.count(drop('queue-full'))
      lost.add(1, { source, reason: 'queue-full' })
    } else batches.add(bytes)
  })

  let known = 0
  async function countKernelDrops(): Promise<void> {
    const drops = await kernelDrops(host, port)
    if (drops <= known) return
    batches.count(drop('queue-full'), drops - known)
    lost.add(drops - known, { source, reason: 'kernel-buffer' })
    onTrouble('datagrams came faster than they could be read; the kernel dropped some')
    known = drops
  }
  const counting = (async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(DROPS_EVERY_MS, stopped.signal).catch(() => {})
      await countKernelDrops()
    }
  })()

  /** What the kernel still holds: turns of the loop until two in a row brought nothing (the first may come before a look). */
  async function readRest(): Promise<void> {
    for (let turns = 0, quiet = 0; quiet < 2 && turns < MOST_TURNS; turns += 1) {
      const before = came
      await new Promise(resolve => setImmediate(resolve))
      quiet = came === before ? quiet + 1 : 0
    }
  }

  return {
    port,
    async stop() {
      stopped.abort()
      await counting
      await readRest()
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

async function bind({ host, port }: UdpOptions): Promise<Socket> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: KERNEL_BYTES })
  try {
    const listening = once(socket, 'listening')
    socket.bind({ address: host, port, exclusive: true })
    await listening
    return socket
  } catch (error) {
    throw listenFault('UDP', host, port, error)
  }
}
