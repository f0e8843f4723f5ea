import { apigee } from './apigee.ts'
import { apisix } from './apisix.ts'
import { awsAlb } from './aws-alb.ts'
import { awsApiGateway } from './aws-api-gateway.ts'
import { azureApim } from './azure-apim.ts'
import { azureEventhub } from './azure-eventhub.ts'
import { caddy } from './caddy.ts'
import { cloudflare } from './cloudflare.ts'
import { cloudfront } from './cloudfront.ts'
import { combinedMore } from './combined-more.ts'
import { common } from './common.ts'
import { ecs } from './ecs.ts'
import { envoyGateway } from './envoy-gateway.ts'
import { envoyText } from './envoy-text.ts'
import { fastly } from './fastly.ts'
import type { Format } from './format.ts'
import { gravitee } from './gravitee.ts'
import { graviteeCsv } from './gravitee-csv.ts'
import { haproxy } from './haproxy.ts'
import { ingressNginx } from './ingress-nginx.ts'
import { istioJson } from './istio-json.ts'
import { istioText } from './istio-text.ts'
import { kong } from './kong.ts'
import { krakend } from './krakend.ts'
import { nginxCombined } from './nginx-combined.ts'
import { nginxJson } from './nginx-json.ts'
import { nginxProxyManager } from './nginx-proxy-manager.ts'
import { otlp } from './otlp.ts'
import { parsedAccess } from './parsed-access.ts'
import { traefikClf } from './traefik-clf.ts'
import { traefikJson } from './traefik-json.ts'
import { tyk } from './tyk.ts'
import { tykSyslog } from './tyk-syslog.ts'

/**
 * Every format there is, one line each, in the order in which `auto` asks them. `recognises` is strict, so the
 * order decides speed and never the answer.
 */
export const FORMATS: readonly Format[] = [
  nginxCombined,
  combinedMore,
  common,
  ingressNginx,
  nginxProxyManager,
  envoyText,
  istioText,
  traefikClf,
  haproxy,
  awsAlb,
  cloudfront,
  krakend,
  graviteeCsv,
  tykSyslog,
  kong,
  nginxJson,
  caddy,
  traefikJson,
  apisix,
  istioJson,
  envoyGateway,
  awsApiGateway,
  cloudflare,
  otlp,
  gravitee,
  tyk,
  azureApim,
  azureEventhub,
  apigee,
  fastly,
  ecs,
  parsedAccess,
]

/** By name, as a source's `format` writes it; layouts that several servers write under names of their own have each of them. */
export const FORMAT_BY_NAME: ReadonlyMap<string, Format> = new Map([
  ...FORMATS.map(format => [format.name, format] as const),
  ['nginx-combined', nginxCombined],
  ['apache-combined', nginxCombined],
  ['apache-common', common],
])
