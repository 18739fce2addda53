import { open } from 'node:fs/promises'

/** Writes a new file piece by piece; on disk when this returns. */
export async function writeDurably(file: string, pieces: Iterable<Buffer | string>): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    for (const piece of pieces) await handle.writeFile(piece)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A file's name is on disk only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
