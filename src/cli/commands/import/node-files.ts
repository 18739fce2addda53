import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { LIMITS } from '../../../archive/limits.ts'
import { FORMAT_VERSION, type ManifestItem } from '../../../archive/manifest.ts'
import type { Snapshot } from '../../../archive/open.ts'
import type { Draft, SnapshotSink } from '../../../collect/item.ts'
import { isKubernetesName, snapshotName } from '../../../collect/name.ts'
import { type NodeHeading, readNodeStream } from '../../../collect/node-stream.ts'
import { Collected } from '../../../collect/nodes.ts'
import { askScript } from '../../../collect/script-answer.ts'
import { UserError } from '../../../problem.ts'
import { version } from '../../version.ts'

const MARK = Buffer.from('snap-node ')

/** Whether a path is a file that scripts/collect-node.sh printed, run by hand or by cron on a node. */
export function isNodeFile(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false
  const file = openSync(path, 'r')
  try {
    const start = Buffer.alloc(MARK.length)
    return readSync(file, start) === MARK.length && start.equals(MARK)
  } finally {
    closeSync(file)
  }
}

/**
 * The files of some nodes as one snapshot, of which only these nodes are known. A node is named as it names itself.
 * Throws: UserError for a file that is not whole enough to say whose it is, or a node twice.
 */
export async function nodeFilesSnapshot(paths: readonly string[]): Promise<Snapshot> {
  const contents = new Map<ManifestItem, Buffer>()
  const hosts = new Map<string, string>()
  for (const path of paths) {
    const { host, startedAt } = await headingOf(path)
    if (hosts.has(host)) throw new UserError(`${path}: is of node ${host}, of which another file was named too`)
    hosts.set(host, startedAt)
    for (const [item, content] of await itemsOf(path, host, startedAt)) contents.set(item, content)
  }
  const times = [...hosts.values()].sort()
  return {
    name: snapshotName(new Date(times[0]!)),
    path: paths.join(' '),
    manifest: {
      format: FORMAT_VERSION,
      cluster: { name: 'node files', uid: null },
      tool: `snap ${version()}`,
      startedAt: times[0]!,
      endedAt: times.at(-1)!,
      items: [...contents.keys()]
    },
    read: async (item) => contents.get(item)!
  }
}

/** The file is read as what the script prints on a node is. */
async function itemsOf(path: string, node: string, startedAt: string): Promise<Map<ManifestItem, Buffer>> {
  const items = new Map<ManifestItem, Buffer>()
  const collected = new Collected(MEMORY, { node }, ['iptables', 'addresses', 'sockets', 'settings'])
  const answer = await askScript(
    {
      now: () => new Date(startedAt),
      run: async (_argv, _options, read) => {
        await read(createReadStream(path))
        return { exitCode: 0, stderr: '', failure: null }
      }
    },
    MEMORY,
    {
      owner: { node },
      via: 'file',
      command: ['sh', 'collect-node.sh'],
      parts: [],
      script: '',
      bootId: null,
      timeoutMs: 0
    }
  )
  await collected.take('file', answer)
  await collected.addTo((facts, draft) => {
    const content = draft === null ? null : (draft as MemoryDraft).content()
    items.set(
      {
        ...facts,
        path: content && path,
        bytes: content && content.length,
        sha256: content && createHash('sha256').update(content).digest('hex')
      },
      content ?? Buffer.alloc(0)
    )
    return Promise.resolve()
  })
  return items
}

class MemoryDraft implements Draft {
  readonly #chunks: Buffer[] = []
  readonly refused = null
  bytes = 0

  get room(): number {
    return LIMITS.itemBytes - this.bytes
  }

  write(bytes: Buffer): Promise<void> {
    this.#chunks.push(Buffer.from(bytes))
    this.bytes += bytes.length
    return Promise.resolve()
  }

  end(): Promise<void> {
    return Promise.resolve()
  }

  content(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

const MEMORY: Pick<SnapshotSink, 'draft' | 'drop'> = {
  draft: () => Promise.resolve(new MemoryDraft()),
  drop: () => Promise.resolve()
}

async function headingOf(path: string): Promise<NodeHeading & { readonly startedAt: string }> {
  try {
    for await (const event of readNodeStream(createReadStream(path))) {
      if (event.is !== 'heading') break
      const { host, startedAt } = event.heading
      if (!isKubernetesName(host)) throw new Error(`"${host}" is no node's name`)
      return { ...event.heading, startedAt: startedAt === null ? statSync(path).mtime.toISOString() : utc(startedAt) }
    }
    throw new Error('ends before it says whose it is')
  } catch (error) {
    throw new UserError(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

function utc(time: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) throw new Error(`"${time}" is no time`)
  return date.toISOString()
}
