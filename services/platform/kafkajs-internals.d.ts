/** The one inner piece of kafkajs that is touched (kafka.ts, `quietTimer`). */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[]
    /** Milliseconds since 1970. */
    readonly throttledUntil: number
    scheduleCheckPendingRequests(): void
  }
}
