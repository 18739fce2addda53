import { closeSync, fchmodSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UserError } from './problem.ts'

/** A file of this prefix is being written, or its writer died. */
const UNFINISHED = '.partial-'

export function isUnfinished(name: string): boolean {
  return name.startsWith(UNFINISHED)
}

/**
 * A file that gets its name when all of it is on disk: until then whatever bears the name stays as it was, and after a failure too. A link of
 * that name is replaced, not followed. All methods throw: UserError that names the file.
 */
export class WholeFile {
  readonly file: string
  readonly #written: string
  readonly #handle: number
  #open = true

  /** `mode`: whatever the umask says; without it that of any new file. */
  constructor(file: string, mode?: number) {
    this.file = file
    this.#written = join(dirname(file), `${UNFINISHED}${basename(file)}.${process.pid}`)
    this.#try(() => requirePlain(file))
    this.#handle = this.#try(() => openSync(this.#written, 'wx', mode ?? 0o666))
    if (mode !== undefined) this.#try(() => fchmodSync(this.#handle, mode))
  }

  write(piece: string | Uint8Array): void {
    const bytes = Buffer.from(piece)
    this.#try(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#handle, bytes, at)
    })
  }

  /** All of it is on disk when this returns. */
  finish(): void {
    this.#try(() => fsyncSync(this.#handle))
    this.#close()
  }

  /** After `finish`. */
  publish(): void {
    this.#try(() => {
      renameSync(this.#written, this.file)
      syncFolder(dirname(this.file))
    })
  }

  abandon(): void {
    this.#close()
    rmSync(this.#written, { force: true })
  }

  #close(): void {
    if (this.#open) closeSync(this.#handle)
    this.#open = false
  }

  #try<T>(step: () => T): T {
    try {
      return step()
    } catch (error) {
      // The path in Node's message is that of the unfinished file.
      const said = (error as Error).message.replace(/ '.*/, '')
      throw new UserError(`${this.file}: cannot be written: ${said}`, { cause: error })
    }
  }
}

/** Writes a file as a whole, or leaves what there is as it was. Throws: UserError that names the file. */
export function writeWhole(file: string, content: string | Uint8Array, mode?: number): void {
  const whole = new WholeFile(file, mode)
  try {
    whole.write(content)
    whole.finish()
    whole.publish()
  } catch (error) {
    whole.abandon()
    throw error
  }
}

/** To be asked before long work: whether the file could be written at all. Throws: UserError. */
export function requireWritable(file: string): void {
  new WholeFile(file).abandon()
}

/** A name that is taken by a device or a pipe would be taken from all who use it. */
function requirePlain(file: string): void {
  const there = lstatSync(file, { throwIfNoEntry: false })
  if (there && !there.isFile() && !there.isSymbolicLink()) throw new Error('it is no plain file; name another')
}

/** A file's name is on disk only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
