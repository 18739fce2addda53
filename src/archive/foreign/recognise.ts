import type { Entries } from '../entries.ts'
import { isBegun, notASnapshot } from '../open.ts'
import { findLayout } from './layout.ts'
import { LAYOUTS } from './layouts.ts'
import { findPlain } from './plain.ts'
import { boundedReader, type ForeignOptions, type ForeignSnapshot, foreignSnapshot } from './snapshot.ts'

/** Reads an archive of a collector that is known by its paths, or a folder of dumps. Throws SnapshotError where it is neither. */
export async function openForeign(path: string, entries: Entries, options: ForeignOptions): Promise<ForeignSnapshot> {
  if (isBegun(entries.paths)) throw notASnapshot(path, entries)
  const found = findLayout(entries.paths, LAYOUTS) ?? (await findPlain(path, entries, boundedReader(path, entries)))
  if (found === null) throw notASnapshot(path, entries)
  return foreignSnapshot(path, entries, found, options)
}
