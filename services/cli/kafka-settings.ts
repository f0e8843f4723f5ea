import { type Environment, readSecret } from '../config/environment.ts'
import type { Settings } from '../config/schema/settings.ts'
import type { KafkaSettings } from '../platform/kafka.ts'

/** How the configuration's brokers are reached; undefined when the topic is embedded. Throws LC_ENV_MISSING. */
export function kafkaSettings(settings: Settings, environment: Environment): KafkaSettings | undefined {
  const kafka = settings.topic.kafka
  if (kafka === undefined) return undefined
  const { brokers, clientId, ssl, sasl } = kafka
  if (sasl === undefined) return { brokers, clientId, tls: ssl }
  const { mechanism, username, passwordEnv } = sasl
  return { brokers, clientId, tls: ssl, sasl: { mechanism, username, password: readSecret(environment, passwordEnv) } }
}
