import type { Finding, Place } from '../domain/catalogue.ts'
import { isLoopback } from '../platform/access.ts'
import { addressFault } from './customers/address.ts'
import type { ConfigText } from './documents.ts'
import type { Environment } from './environment.ts'
import { fault, warning } from './findings.ts'
import type { Settings } from './schema/settings.ts'

/** What the schema of the settings cannot say. */
export function settingsFindings(settings: Settings, text: ConfigText, environment: Environment): readonly Finding[] {
  return [
    ...openDoor(settings, text),
    ...mailAddresses(settings, text),
    ...logins(settings, text),
    ...unsetSecrets(settings, text, environment),
  ]
}

function openDoor({ listen, access }: Settings, text: ConfigText): Finding[] {
  if (listen.host === 'localhost' || isLoopback(listen.host) || (access.ingest.length > 0 && access.read.length > 0))
    return []
  return [
    fault(
      text.place(['listen', 'host']),
      'LC_LISTEN_OPEN',
      `${listen.host} is reachable by others, and not both kinds of token are configured`,
      'Add the digests of an ingest and a read token under access (`lastcall digest --token` makes them), or listen on 127.0.0.1.',
    ),
  ]
}

function mailAddresses({ mail }: Settings, text: ConfigText): Finding[] {
  const written: [string, string | undefined][] = [
    ['from', mail.from],
    ['reply-to', mail.replyTo],
  ]
  return written.flatMap(([key, value]) => {
    if (value === undefined) return []
    const address = /^[^<>]*<([^<>]*)>$/.exec(value)?.[1] ?? value
    // The default sends nowhere: it is a local name.
    const wrong = address.endsWith('@localhost') ? undefined : addressFault(address)
    return wrong === undefined
      ? []
      : [
          fault(
            text.place(['mail', key]),
            'LC_MAIL_ADDRESS',
            `"${value}" is no sender: ${wrong}`,
            'Write address@example.com or Name <address@example.com>.',
          ),
        ]
  })
}

function logins({ smtp }: Settings, text: ConfigText): Finding[] {
  if (smtp === undefined || (smtp.user === undefined) === (smtp.passwordEnv === undefined)) return []
  return [fault(text.place(['smtp']), 'LC_SMTP_LOGIN', 'half a login', 'Give both user and password-env, or neither.')]
}

function unsetSecrets({ clickhouse, smtp, topic }: Settings, text: ConfigText, environment: Environment): Finding[] {
  const named: [readonly string[], string | undefined][] = [
    [['clickhouse', 'password-env'], clickhouse?.passwordEnv],
    [['clickhouse', 'reader', 'password-env'], clickhouse?.reader?.passwordEnv],
    [['smtp', 'password-env'], smtp?.passwordEnv],
    [['topic', 'kafka', 'sasl', 'password-env'], topic.kafka?.sasl?.passwordEnv],
  ]
  return named.flatMap(([path, name]) => {
    if (name === undefined || (environment[name] ?? '') !== '') return []
    return [unset(text.place(path), name)]
  })
}

const unset = (place: Place, name: string): Finding =>
  warning(place, 'LC_ENV_UNSET', `the environment variable ${name} is not set here`, 'Set it where the service runs.')
