import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { PassThrough, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { type Extract, extract, type Header } from 'tar-stream'
import { type Entries, tooLarge } from './entries.ts'
import { SnapshotError } from './error.ts'
import { LIMITS, type Limits } from './limits.ts'
import { isSafePath, PARTIAL } from './path.ts'
import { Spool, type Spooled } from './spool.ts'

/** Linux' PATH_MAX. */
const LONGEST_NAME = 4096

/** A file of the archive in the spool. */
interface Stored extends Spooled {
  readonly modified: number | null
}

/**
 * A `.tar.gz` or `.tar`. Nothing is extracted: the files' contents go one after the other into a temporary file without a name.
 * It may have been made by snap or by any tar, with the snapshot's folder or its content at the top.
 */
export async function openArchive(file: string, limits: Limits = LIMITS, packed = true): Promise<Entries> {
  if (basename(file).startsWith(PARTIAL)) throw new SnapshotError('half-written', file, 'this archive was not finished')
  const spool = new Spool()
  try {
    const tar = extract()
    const reader = new TarReader(file, limits, spool)
    await Promise.all([reader.readAll(tar), feed(tar, file, limits, packed)])
    return {
      paths: new Set(reader.files.keys()),
      strange: reader.strange,
      async read(path, maxBytes) {
        const stored = reader.files.get(path)!
        if (stored.bytes > maxBytes) throw tooLarge(file, path, stored.bytes, maxBytes)
        return spool.read(stored)
      },
      modified: async (path) => reader.files.get(path)!.modified,
      close: () => spool.close()
    }
  } catch (error) {
    spool.close()
    throw error
  }
}

async function feed(tar: Extract, file: string, limits: Limits, packed: boolean): Promise<void> {
  const source = createReadStream(file)
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      unpacked += chunk.length
      const absurd = unpacked > limits.ratioFromBytes && unpacked > limits.ratio * source.bytesRead
      if (unpacked > limits.archiveBytes)
        done(new SnapshotError('hostile', file, `unpacks to more than ${limits.archiveBytes} bytes`))
      else if (absurd) done(new SnapshotError('hostile', file, `unpacks to more than ${limits.ratio} times its size`))
      else done(null, chunk)
    }
  })
  let unpacked = 0
  try {
    await pipeline(source, packed ? createGunzip() : new PassThrough(), bound, tar)
  } catch (error) {
    throw asSnapshotError(error, file)
  }
}

/** Keeps the files of a tar, and refuses what no archive that is read here has. */
class TarReader {
  readonly files = new Map<string, Stored>()
  strange: string | null = null
  readonly #file: string
  readonly #limits: Limits
  readonly #spool: Spool
  /** Names that one file system or another takes for the same. */
  readonly #folded = new Map<string, string>()
  #entries = 0

  constructor(file: string, limits: Limits, spool: Spool) {
    this.#file = file
    this.#limits = limits
    this.#spool = spool
  }

  async readAll(tar: Extract): Promise<void> {
    try {
      for await (const entry of tar) {
        const path = this.#pathToKeep(entry.header)
        if (path === null) entry.resume()
        else
          this.files.set(path, { ...(await this.#spool.add(entry)), modified: entry.header.mtime?.getTime() || null })
      }
    } catch (error) {
      const named = asSnapshotError(error, this.#file)
      tar.destroy(named)
      throw named
    }
  }

  /** Null for what is not kept. */
  #pathToKeep(header: Header): string | null {
    const refuse = (problem: string): never => {
      throw new SnapshotError('hostile', this.#file, `entry ${header.name.slice(0, LONGEST_NAME)} ${problem}`)
    }
    if (header.name.length > LONGEST_NAME) refuse('… has a name that no file can have')
    const path = header.name.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
    if (++this.#entries > this.#limits.archiveEntries)
      refuse(`is one more than the ${this.#limits.archiveEntries} files and folders an archive may have`)
    if (header.type === 'directory' && (path === '' || path === '.')) return null
    if (leadsOut(header.name, path)) refuse('leads out of the snapshot')
    if (/[\p{Cc}\p{Cf}]/u.test(path)) refuse('has a control character in its name')
    if (Object.keys(header.pax ?? {}).some((key) => key.startsWith('GNU.sparse'))) refuse('is a sparse file')
    if (header.type === 'directory') return null
    if (header.type !== 'file' && header.type !== 'contiguous-file') {
      this.strange ??= `entry ${header.name} is a ${header.type ?? 'thing of no known type'}, a snapshot has plain files only`
      return null
    }
    if (header.size > this.#limits.itemBytes)
      refuse(`has ${header.size} bytes, more than the ${this.#limits.itemBytes} a file may have`)
    this.#requireNew(path, refuse)
    return isSafePath(path) ? path : null
  }

  #requireNew(path: string, refuse: (problem: string) => never): void {
    const folded = path.normalize('NFKC').toLowerCase()
    const known = this.#folded.get(folded)
    if (known === path) refuse('is there twice')
    if (known !== undefined) this.strange ??= `entry ${path} and entry ${known} are one name to some file systems`
    this.#folded.set(folded, path)
  }
}

function leadsOut(name: string, path: string): boolean {
  return (
    path === '' ||
    name.startsWith('/') ||
    /^[A-Za-z]:/.test(path) ||
    path.includes('\\') ||
    path.split('/').some((part) => part === '..')
  )
}

function asSnapshotError(error: unknown, file: string): SnapshotError {
  if (error instanceof SnapshotError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR' || /unexpected end/i.test(message) || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new SnapshotError('half-written', file, 'ends before its end: not packed or not copied to its end')
  }
  if (code === 'Z_DATA_ERROR' && /incorrect header/.test(message))
    return new SnapshotError(
      'not-a-snapshot',
      file,
      'not a .tar.gz; a dump or a list by itself: put it into a folder and import that'
    )
  if (code === 'ENOSPC')
    return new SnapshotError('not-writable', file, 'no space for it in the folder of temporary files (TMPDIR)')
  return new SnapshotError('damaged', file, `cannot be unpacked: ${message}`)
}
