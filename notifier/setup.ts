import { join } from 'node:path'
import type { Catalogue } from '../services/domain/catalogue.ts'
import type { Clock } from '../services/domain/clock.ts'
import { LcError } from '../services/domain/errors.ts'
import type { UsageReader } from '../services/domain/usage.ts'
import type { Carrier } from './deliver/carrier.ts'
import { outbox } from './deliver/outbox.ts'
import { smtp } from './deliver/send.ts'
import { LEDGER_FILE } from './ledger/schema.ts'
import { Notifier, type NotifierOptions } from './notifier.ts'
import { addressOf, type Sender } from './write.ts'

/** What the configuration says of mail. */
export interface MailSettings {
  /** Absent: letters go to the outbox folder only. */
  readonly smtp?: {
    readonly host: string
    readonly port: number
    readonly tls: 'starttls' | 'implicit' | 'none'
    readonly user?: string
    readonly passwordEnv?: string
  }
  readonly mail: { readonly from: string; readonly replyTo?: string; readonly recipientCap: number }
}

export interface Setup {
  readonly settings: MailSettings
  readonly catalogue: () => Catalogue
  readonly reader: UsageReader
  /** The data folder: ledger and outbox lie in it. */
  readonly data: string
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The value of an environment variable that holds a secret; throws where there is none. */
  readonly secret: (variable: string) => string
  readonly ratePerMinute?: number
  readonly onStep?: NotifierOptions['onStep']
}

export const OUTBOX_FOLDER = 'outbox'

/** A notifier as the configuration wants it: by SMTP where a mail server is named, else into the outbox. @throws what `Notifier.start` throws, LC_MAIL_FROM. */
export function startNotifier(setup: Setup): Notifier {
  const { catalogue, reader, clock, signal, onStep } = setup
  return Notifier.start({
    catalogue,
    reader,
    ledgerFile: join(setup.data, LEDGER_FILE),
    carrier: carrierOf(setup),
    sender: senderOf(setup.settings),
    recipientCap: setup.settings.mail.recipientCap,
    ratePerMinute: setup.ratePerMinute ?? 0,
    clock,
    signal,
    ...(onStep === undefined ? {} : { onStep }),
  })
}

export function senderOf({ mail }: MailSettings): Sender {
  return { from: mail.from, replyTo: mail.replyTo ?? '', statusUrl: undefined }
}

function carrierOf({ settings, data, secret }: Setup): Carrier {
  const { smtp: server, mail } = settings
  if (server === undefined) return outbox(join(data, OUTBOX_FOLDER))
  const sender = addressOf(mail.from)
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(sender)) {
    throw new LcError(
      'LC_MAIL_FROM',
      `mail.from is "${mail.from}": no mail server takes letters from there.`,
      'Set mail.from to an address of your own domain.',
      2,
    )
  }
  const { host, port, tls, user, passwordEnv } = server
  return smtp({ host, port, tls, user, password: passwordEnv === undefined ? undefined : secret(passwordEnv), sender })
}
