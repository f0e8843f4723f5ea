import { readFile } from 'node:fs/promises'
import type { KafkaConnection } from '../domain/catalogue.ts'
import { LcError } from '../domain/errors.ts'
import type { KafkaSasl, KafkaSettings } from '../platform/kafka.ts'
import { fetchToken } from '../platform/oauth-token.ts'
import { type Environment, readSecret } from './environment.ts'
import type { Settings } from './schema/settings.ts'

/** The connection of `topic.kafka`; undefined when the topic is embedded. */
export function topicConnection({ topic }: Settings): (KafkaConnection & { readonly clientId: string }) | undefined {
  if (topic.kafka === undefined) return undefined
  const { brokers, clientId, ssl, sasl, caFile, certFile, keyFile } = topic.kafka
  const login = sasl === undefined ? undefined : { ...sasl, tokenUrl: sasl.tokenUrl, scope: sasl.scope }
  return { brokers, clientId, ssl, caFile, certFile, keyFile, sasl: login }
}

/** How these brokers are reached: certificates are read, secrets taken from the environment. Throws LC_ENV_MISSING, LC_KAFKA_FILE, LC_KAFKA_SASL. */
export async function kafkaSettings(
  connection: KafkaConnection,
  clientId: string,
  environment: Environment,
): Promise<KafkaSettings> {
  const { brokers, ssl, sasl, caFile, certFile, keyFile } = connection
  const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map(pem))
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
  const tls = Object.keys(files).length > 0 ? files : ssl
  return { brokers, clientId, tls, ...(sasl === undefined ? {} : { sasl: saslOf(sasl, environment) }) }
}

function saslOf(sasl: NonNullable<KafkaConnection['sasl']>, environment: Environment): KafkaSasl {
  const { mechanism, username, tokenUrl, scope } = sasl
  const password = readSecret(environment, sasl.passwordEnv)
  if (mechanism !== 'oauthbearer') return { mechanism, username, password }
  if (tokenUrl === undefined)
    throw new LcError('LC_KAFKA_SASL', 'oauthbearer has no token-url.', 'Give the address where tokens are got.', 2)
  return { mechanism, token: () => fetchToken({ tokenUrl, clientId: username, clientSecret: password, scope }) }
}

async function pem(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new LcError('LC_KAFKA_FILE', `${file} cannot be read.`, 'Give a PEM file that this process may read.', 2, {
      cause: error,
    })
  }
}
