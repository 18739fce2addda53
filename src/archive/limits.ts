const MiB = 1024 * 1024

/** Above all that real clusters gave (20,000 pods: 121 MB of JSON before reduction), below what harms the reader. */
export const LIMITS = {
  /** A longer text does not fit a JavaScript string (2^29 - 24 characters). */
  itemBytes: 511 * MiB,
  manifestBytes: 64 * MiB,
  /** All of an archive, unpacked. */
  archiveBytes: 2048 * MiB,
  archiveEntries: 200_000,
  /** Unpacked size to packed size, looked at from `ratioFromBytes` on. A snapshot of 20,000 pods has 6. */
  ratio: 200,
  ratioFromBytes: 64 * MiB
} as const

export type Limits = { readonly [key in keyof typeof LIMITS]: number }
