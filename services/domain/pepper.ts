/** A secret under which keys become digests. */
export interface Pepper {
  /** Short digest of the secret; stands inside every id made with it. Letters and digits. */
  readonly id: string
  /** At least 32 bytes. */
  readonly secret: Uint8Array
}

/** The pepper in use, and during a rotation those before it, newest first. */
export interface Peppers {
  readonly current: Pepper
  readonly earlier: readonly Pepper[]
}
