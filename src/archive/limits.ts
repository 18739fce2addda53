const MiB = 1024 * 1024

/** Above all that real clusters gave (20,000 pods: 121 MB of JSON before reduction), below what harms the reader. */
export const LIMITS = {
  /** A longer text does not fit a JavaScript string (2^29 - 24 characters). */
  itemBytes: 511 * MiB,
  manifestBytes: 64 * MiB,
  /** All of an archive, unpacked: 1,000 nodes of 400,000 rules each are 5 GiB. They go to a temporary file, not to memory. */
  archiveBytes: 32 * 1024 * MiB,
  archiveEntries: 200_000,
  /** Unpacked size to packed size, looked at from `ratioFromBytes` on. A snapshot of 20,000 pods has 6. */
  ratio: 200,
  ratioFromBytes: 64 * MiB
} as const

export type Limits = { readonly [key in keyof typeof LIMITS]: number }

/** Whether something unpacks to more than anything real does. */
export function isAbsurd(bytes: number, packed: number): boolean {
  return bytes > LIMITS.ratioFromBytes && bytes > LIMITS.ratio * packed
}
