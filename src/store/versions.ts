import type { Store } from './open.ts'

/** One state of one collection, as a snapshot refers to it. */
export interface Version {
  readonly collection: number
  readonly seq: number
}

/** In a row's `until`: it stands in the newest version of its collection. */
export const LIVE = 2147483647

/** The version with this content, wherever it stands: equal content is stored once. */
export function findVersion(store: Store, hash: Buffer): Version | undefined {
  return store.prepare('SELECT collection, seq FROM _version WHERE hash = ? LIMIT 1').get(hash) as Version | undefined
}

export function addVersion(store: Store, collection: number, hash: Buffer): Version {
  const seq = newestSeq(store, collection) + 1
  store
    .prepare('INSERT INTO _version (collection, seq, hash, number) VALUES (?, ?, ?, ?)')
    .run(collection, seq, hash, numberOf(hash))
  return { collection, seq }
}

/** The number by which people tell versions: the first 52 bits of the hash, which a number of JavaScript holds. */
export function numberOf(hash: Buffer): number {
  return Number.parseInt(hash.toString('hex').slice(0, 13), 16)
}

/** 0 for a collection without versions. */
export function newestSeq(store: Store, collection: number): number {
  return store
    .prepare('SELECT coalesce(max(seq), 0) FROM _version WHERE collection = ?')
    .pluck()
    .get(collection) as number
}

/** The collections of a scope, most recently begun first. */
export function collectionsOf(store: Store, scope: string): number[] {
  return store.prepare('SELECT id FROM _collection WHERE scope = ? ORDER BY id DESC').pluck().all(scope) as number[]
}

export function addCollection(store: Store, scope: string): number {
  return Number(store.prepare('INSERT INTO _collection (scope) VALUES (?)').run(scope).lastInsertRowid)
}
