import { LIMITS } from './limits.ts'
import type { ManifestItem } from './manifest.ts'
import { itemPath } from './path.ts'
import { Spool, type Spooled } from './spool.ts'

/** From here on messages are cut, and from the second on items that failed are left out: they are not collected all the same. */
const CUT_FROM = LIMITS.manifestBytes / 2
const FULL_FROM = LIMITS.manifestBytes * 0.9
const SHORT = 100

/**
 * The manifest's items while a snapshot is written. What each says goes to the disk at once; in memory stays where it stands, so that
 * a thousand nodes take hardly more than ten.
 */
export class ItemLines {
  readonly #spool: Spool
  #bytes = 0
  readonly #places: { readonly key: string; readonly line: Spooled }[] = []

  /** `beside`: the folder on whose disk they are to be. */
  constructor(beside: string) {
    this.#spool = new Spool(beside)
  }

  /** What is written stays within what a reader takes (LIMITS), whatever nodes say of their failures. */
  add(item: ManifestItem): void {
    if (this.#bytes > FULL_FROM && item.path === null) return
    const line = Buffer.from(JSON.stringify(ordered(this.#bytes > CUT_FROM ? withShortMessages(item) : item)))
    this.#bytes += line.length + SEPARATOR
    this.#places.push({ key: sortKey(item), line: this.#spool.put(line) })
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

/** Of a line in the manifest: the comma, the line end and the indentation. */
const SEPARATOR = 6

function withShortMessages(item: ManifestItem): ManifestItem {
  return { ...item, error: item.error?.slice(0, SHORT) ?? null, stderr: null }
}

function ordered({ path, bytes, sha256, ...facts }: ManifestItem): ManifestItem {
  return { path, ...facts, bytes, sha256 }
}

/** Where the item lies or would lie; several attempts at one thing stand in the order of their start. */
function sortKey(item: ManifestItem): string {
  return `${item.path ?? itemPath(item)} ${item.startedAt}`
}
