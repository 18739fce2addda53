import { SnapshotError } from './error.ts'

/** The stored bytes of a folder or an archive by their path, wherever they lie. */
export interface Entries {
  /** Paths of all plain files. */
  readonly paths: ReadonlySet<string>
  /** The first entry that a snapshot never has (a link, a device), and why; another collector's archive may have it, and it is never read. */
  readonly strange: string | null
  /** At most `maxBytes`; more is an error. */
  read(path: string, maxBytes: number): Promise<Buffer>
  /** When the file was last written, in milliseconds; null where the archive does not say. */
  modified(path: string): Promise<number | null>
  close(): void
}

/** The entries below a folder, which ends in `/`, or all of them for the empty text. */
export function below(folder: string, entries: Entries): Entries {
  if (folder === '') return entries
  return {
    paths: new Set(
      [...entries.paths].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length))
    ),
    strange: entries.strange,
    read: (path, maxBytes) => entries.read(folder + path, maxBytes),
    modified: (path) => entries.modified(folder + path),
    close: () => entries.close()
  }
}

export function tooLarge(from: string, path: string, bytes: number, maxBytes: number): SnapshotError {
  return new SnapshotError('damaged', from, `${path} has ${bytes} bytes, more than the ${maxBytes} it may have`)
}
