import type { Outcome } from '../ledger/hand-over.ts'
import type { HandedOver } from './carrier.ts'

/** What is known of a mail server's refusal. */
export interface Refusal {
  readonly message: string
  /** The reply code, undefined where the server said nothing. */
  readonly code: number | undefined
  /** The whole reply, '' where there is none. */
  readonly reply: string
  /** `MAIL FROM`, `RCPT TO`, `DATA`, …; '' when it is not known. */
  readonly command: string
}

/**
 * What a failed hand-over means (RFC 5321 §4.2.1, §4.5.3.2.6). A reply decides, whenever it came: 4yz may be tried
 * again, 5yz may not. Without a reply it depends on one thing only: had the final dot been handed to the connection?
 * If not, nothing can have been delivered; if so, nobody knows.
 */
export function classify(refusal: Refusal, dotWritten: boolean): HandedOver {
  const { code, reply, message, command } = refusal
  const answer = reply === '' ? message : reply
  if (code !== undefined && code >= 400 && code < 600) {
    if (command === 'MAIL FROM')
      return { outcome: temporary(answer), stop: `the mail server refuses the sender: ${answer}` }
    if (code === 421) return { outcome: temporary(answer), stop: `the mail server closes: ${answer}` }
    if (code < 500) return { outcome: temporary(answer), stop: '' }
    return {
      outcome: { kind: 'permanent', answer, address: command === 'RCPT TO' && isAddressRefusal(code, reply) },
      stop: '',
    }
  }
  if (dotWritten)
    return { outcome: { kind: 'unknown', answer }, stop: 'the mail server was lost after the last byte of a letter' }
  return { outcome: temporary(answer), stop: '' }
}

/** The mailbox is what was refused, not our way of sending: enhanced codes 5.1.x and 5.2.1 (RFC 3463), or a bare 550, 551, 553. */
function isAddressRefusal(code: number, reply: string): boolean {
  const enhanced = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})/.exec(reply)?.[1]
  if (enhanced !== undefined) return enhanced.startsWith('5.1.') || enhanced === '5.2.1'
  return code === 550 || code === 551 || code === 553
}

function temporary(answer: string): Outcome {
  return { kind: 'temporary', answer }
}
