import type { Sample } from './sample.ts'

export const AZURE: readonly Sample[] = [
  {
    file: 'synthetic/azure-apim-diagnostic-eventhub.json',
    format: 'azure-apim',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: 'auto:subscription:sub-acme',
    first: { host: 'apim1.azure-api.net', operation: 'GET /v1/orders/{}' },
  },
  {
    // The vendor's example: no method, no URL, no status.
    file: 'synthetic/azure-apim-log-to-eventhub-pretty.json',
    format: '',
    lines: 1,
    calls: 0,
    unparsed: { 'no-request': 1 },
    dropped: {},
    consumer: null,
    first: null,
  },
]
