import { APACHE } from './samples/apache.ts'
import { APISIX } from './samples/apisix.ts'
import { AWS } from './samples/aws.ts'
import { AWS_EDGE } from './samples/aws-edge.ts'
import { AZURE } from './samples/azure.ts'
import { CADDY } from './samples/caddy.ts'
import { CLOUDFLARE } from './samples/cloudflare.ts'
import { ENVOY } from './samples/envoy.ts'
import { GATEWAYS } from './samples/gateways.ts'
import { GRAVITEE } from './samples/gravitee.ts'
import { HAPROXY } from './samples/haproxy.ts'
import { KONG } from './samples/kong.ts'
import { NGINX } from './samples/nginx.ts'
import { OTLP } from './samples/otlp.ts'
import type { Sample } from './samples/sample.ts'
import { SHIPPERS } from './samples/shippers.ts'
import { SYSLOG } from './samples/syslog.ts'
import { TEXT_GATEWAYS } from './samples/text-gateways.ts'
import { TRAEFIK } from './samples/traefik.ts'

/** What every sample file holds. One table a folder; a file without a row fails the test. */
export const SAMPLES: readonly Sample[] = [
  ...KONG,
  ...NGINX,
  ...CADDY,
  ...TRAEFIK,
  ...APACHE,
  ...HAPROXY,
  ...AWS_EDGE,
  ...TEXT_GATEWAYS,
  ...APISIX,
  ...ENVOY,
  ...AWS,
  ...AZURE,
  ...CLOUDFLARE,
  ...GRAVITEE,
  ...GATEWAYS,
  ...OTLP,
  ...SHIPPERS,
  ...SYSLOG,
]
