import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { listSnapshots } from '../../../archive/list.ts'
import { packSnapshot } from '../../../archive/pack.ts'
import { resolve } from '../../../ask/time/resolve.ts'
import { isSnapshotName } from '../../../collect/name.ts'
import { UserError } from '../../../problem.ts'
import { talk } from '../../terminal/print.ts'
import { localTimeZone } from '../../terminal/time-zone.ts'
import { takenAt } from '../prune/prune.ts'

/** Packs one snapshot of the archive folder, or a folder named by its path, into a new file. */
export async function pack({
  snapshot,
  file,
  archive
}: {
  snapshot: string
  file: string
  archive: string
}): Promise<void> {
  if (!file.endsWith('.tar.gz'))
    throw new UserError(`pack: ${file} is to be a .tar.gz; name it ${file.replace(/\.(?:tar|tgz|gz|zip)$/, '')}.tar.gz`)
  if (existsSync(file)) throw new UserError(`pack: ${file} is there already; name another file`)
  const folder = existsSync(snapshot) ? snapshot : await inArchive(snapshot, archive)
  await packSnapshot(folder, file)
  talk(`${file}: written, ${statSync(file).size} bytes, holds ${basename(folder)}`)
}

async function inArchive(phrase: string, archive: string): Promise<string> {
  if (phrase.includes('/')) throw new UserError(`pack: ${phrase}: no such folder`)
  if (/^#?\d+$/.test(phrase))
    throw new UserError(`pack: snapshots of an archive folder have no ids; say a name or a time instead of ${phrase}`)
  const folders = (await listSnapshots(archive)).filter(
    ({ form, partial, name }) => form === 'folder' && !partial && isSnapshotName(name)
  )
  if (folders.length === 0)
    throw new UserError(
      `pack: ${archive} holds no snapshot folders; name the archive with --archive, or a folder by its path`
    )
  const times = folders.map(({ name, path }) => ({ id: 0, name, path, takenAt: takenAt(name) }))
  return (
    await resolve(phrase, times, {
      now: new Date(),
      timeZone: localTimeZone(),
      remark: (line) => talk(`pack: ${line}`)
    })
  ).path
}
