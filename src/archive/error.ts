export type SnapshotFault =
  /** Nothing at this path, or something else than a snapshot. */
  | 'not-a-snapshot'
  /** Collecting, packing or copying it did not come to its end. */
  | 'half-written'
  /** A format version this snap does not read. */
  | 'format'
  /** A snapshot whose parts contradict each other: manifest, hashes, sizes. */
  | 'damaged'
  /** An entry that a snapshot never has: a link, a path leading out, a name twice, an absurd size. */
  | 'hostile'
  /** A snapshot cannot be written here: no permission, no folder. */
  | 'not-writable'
  /** A snapshot of this name is there, or being written. */
  | 'taken'
  /** Another collector's archive that does not say when or of which node it is. */
  | 'unnamed'
  /** An item without content was to be read. */
  | 'no-content'

/** One line: which snapshot, which entry, what is wrong. */
export class SnapshotError extends Error {
  readonly fault: SnapshotFault

  constructor(fault: SnapshotFault, path: string, problem: string) {
    super(`${printable(path)}: ${printable(problem)}`)
    this.name = 'SnapshotError'
    this.fault = fault
  }
}

/** Names come from archives of strangers and go to a terminal. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`
  )
}
