import type { Call } from '../../services/domain/call.ts'

/** A plain call for tests, with what the test is about laid over it. */
export function aCall(over: Partial<Call> = {}): Call {
  return {
    time: Date.UTC(2026, 7, 15, 12),
    timeKind: 'start',
    received: Date.UTC(2026, 7, 15, 12, 0, 1, 999),
    source: 'edge-kong',
    api: 'partner',
    version: 'v1',
    operation: 'POST /v1/content/{}/generate',
    matched: 'known',
    mapRev: 4_000_000_000,
    path: '/v1/content/12/generate',
    consumer: 'kong:consumer:acme',
    key: '',
    agent: 'okhttp/4.12',
    net: '192.0.2.0/24',
    status: 200,
    weight: 1,
    class: 'use',
    durationMs: 12,
    requestId: 'req-1',
    deprecation: '',
    sunset: '',
    link: '',
    versionHeader: '',
    truncated: false,
    ...over,
  }
}
