import { createHash } from 'node:crypto'
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { CollectedItem, Draft, ItemFacts, SnapshotFacts, SnapshotSink } from '../collect/item.ts'
import { FileDraft } from './draft.ts'
import { syncFolder, writeDurably } from './durable.ts'
import { SnapshotError } from './error.ts'
import { ItemLines } from './item-lines.ts'
import { jsonProblem } from './json-bounds.ts'
import { FORMAT_VERSION, type Manifest } from './manifest.ts'
import { thisOwner } from './owner.ts'
import { itemPath, OWNER_FILE, PARTIAL } from './path.ts'

const compress = promisify(gzip)

/**
 * Begins the snapshot `name` in `folder`. It is written beside its final name and takes that name, on disk to the last byte,
 * when it is finished. Its files are readable by their owner only: they tell of the inside of a network.
 */
export async function createSnapshot(folder: string, name: string): Promise<SnapshotSink> {
  const final = join(folder, name)
  const partial = join(folder, PARTIAL + name)
  // One level only: Node's recursive form never ends below /proc.
  if (!(await exists(folder))) await makeFolder(folder)
  if (await exists(final)) throw new SnapshotError('taken', final, 'there is a snapshot of this name already')
  await makeFolder(partial)
  try {
    await writeFile(join(partial, OWNER_FILE), JSON.stringify(thisOwner(new Date())), { mode: 0o600 })
    return new FolderSink(folder, partial, final)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

class FolderSink implements SnapshotSink {
  readonly #folder: string
  readonly #partial: string
  readonly #final: string
  readonly #items: ItemLines
  #drafts = 0

  constructor(folder: string, partial: string, final: string) {
    this.#folder = folder
    this.#partial = partial
    this.#final = final
    this.#items = new ItemLines(partial)
  }

  async add({ content, ...facts }: CollectedItem): Promise<void> {
    if (content === null) return this.#items.add({ ...facts, path: null, bytes: null, sha256: null })
    const path = itemPath(facts)
    await writeDurably(await this.#placeOf(path), [path.endsWith('.gz') ? await compress(content) : content])
    this.#items.add({
      ...facts,
      path,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex')
    })
  }

  draft(): Promise<Draft> {
    return Promise.resolve(new FileDraft(join(this.#partial, `.draft-${++this.#drafts}`)))
  }

  async addDraft(facts: ItemFacts, draft: Draft): Promise<void> {
    const path = itemPath(facts).replace(/(\.gz)?$/, '.gz')
    const written = draft as FileDraft
    await written.moveTo(await this.#placeOf(path))
    this.#items.add({ ...facts, path, bytes: written.bytes, sha256: written.sha256() })
  }

  refused(json: Buffer): string | null {
    return jsonProblem(json)
  }

  drop(draft: Draft): Promise<void> {
    return (draft as FileDraft).remove()
  }

  async finish(facts: SnapshotFacts): Promise<string> {
    await writeDurably(join(this.#partial, 'manifest.json'), manifestText(facts, this.#items.sorted()))
    this.#items.close()
    await syncFolders(this.#partial)
    // Last of all, so that nearly always a later run knows whose it was.
    await rm(join(this.#partial, OWNER_FILE))
    await rename(this.#partial, this.#final)
    await syncFolder(this.#folder)
    return this.#final
  }

  abandon(): Promise<void> {
    this.#items.close()
    return rm(this.#partial, { recursive: true, force: true })
  }

  async #placeOf(path: string): Promise<string> {
    const file = join(this.#partial, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    return file
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new SnapshotError(
        'taken',
        folder,
        'another snap is writing this snapshot, or one died doing so; remove it then'
      )
    throw new SnapshotError('not-writable', folder, `cannot be made (${error.code})`)
  })
}

/** One item a line: jq reads it, and so do grep and diff. */
function* manifestText(facts: SnapshotFacts, items: Iterable<string>): Iterable<string> {
  const manifest: Omit<Manifest, 'items'> = { format: FORMAT_VERSION, ...facts }
  yield `${JSON.stringify(manifest, null, 2).slice(0, -2)},\n  "items": [\n`
  let before = '    '
  for (const item of items) {
    yield before + item
    before = ',\n    '
  }
  yield '\n  ]\n}\n'
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name))
  }
  await syncFolder(folder)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  )
}
