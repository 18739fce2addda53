import type { ManifestItem } from './manifest.ts'
import { itemPath } from './path.ts'
import { Spool, type Spooled } from './spool.ts'

/**
 * The manifest's items while a snapshot is written. What each says goes to the disk at once; in memory stays where it stands, so that
 * a thousand nodes take hardly more than ten.
 */
export class ItemLines {
  readonly #spool: Spool
  readonly #places: { readonly key: string; readonly line: Spooled }[] = []

  /** `beside`: the folder on whose disk they are to be. */
  constructor(beside: string) {
    this.#spool = new Spool(beside)
  }

  add(item: ManifestItem): void {
    this.#places.push({ key: sortKey(item), line: this.#spool.put(Buffer.from(JSON.stringify(ordered(item)))) })
  }

  /** The items as JSON, in the manifest's order. */
  *sorted(): Iterable<string> {
    this.#places.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    for (const { line } of this.#places) yield this.#spool.read(line).toString('utf8')
  }

  close(): void {
    this.#spool.close()
  }
}

function ordered({ path, bytes, sha256, ...facts }: ManifestItem): ManifestItem {
  return { path, ...facts, bytes, sha256 }
}

/** Where the item lies or would lie; several attempts at one thing stand in the order of their start. */
function sortKey(item: ManifestItem): string {
  return `${item.path ?? itemPath(item)} ${item.startedAt}`
}
