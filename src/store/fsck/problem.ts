import type { Version } from '../versions.ts'

/** One thing in the store that is not as it was written. */
export interface StoreProblem {
  /** `version 3 of collection 12 (services)`, `table _part`, … */
  readonly object: string
  readonly message: string
}

export type StoredVersion = Version & { readonly scope: string; readonly hash: Buffer; readonly number: number }

export function named({ collection, seq, scope }: Omit<StoredVersion, 'hash' | 'number'>): string {
  return `version ${seq} of collection ${collection} (${scope})`
}
