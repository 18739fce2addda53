import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { FORMAT_VERSION, type ManifestItem } from '../archive/manifest.ts'
import type { Snapshot } from '../archive/open.ts'
import { isKubernetesName, snapshotName } from '../collect/name.ts'
import { nodeItems } from '../collect/node-items.ts'
import { parseNodeStream, type NodeStream } from '../collect/node-stream.ts'
import { UserError } from '../problem.ts'
import { version } from './version.ts'

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
export function nodeFilesSnapshot(paths: readonly string[]): Snapshot {
  const contents = new Map<ManifestItem, Buffer>()
  const streams = paths.map((path) => readStream(path))
  for (const [index, { host, startedAt, endedAt, stdout }] of streams.entries()) {
    if (streams.findIndex((other) => other.host === host) !== index) throw new UserError(`${paths[index]}: is of node ${host}, of which another file was named too`)
    const facts = { command: ['sh', 'collect-node.sh'], startedAt, endedAt: endedAt ?? startedAt, exitCode: 0, error: null, stderr: null }
    const result = { exitCode: 0, stdout, stderr: '', failure: null }
    for (const { content, ...item } of nodeItems({ node: host }, ['iptables', 'addresses', 'sockets'], { facts, result }, null)) {
      const whole = content === null ? { path: null, bytes: null, sha256: null }
        : { path: paths[index]!, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
      contents.set({ ...item, ...whole }, content ?? Buffer.alloc(0))
    }
  }
  const [startedAt] = streams.map((stream) => stream.startedAt).sort()
  const endedAt = streams.map((stream) => stream.endedAt ?? stream.startedAt).sort().at(-1)!
  return {
    name: snapshotName(new Date(startedAt!)),
    path: paths.join(' '),
    manifest: { format: FORMAT_VERSION, cluster: { name: 'node files', uid: null }, tool: `snap ${version()}`, startedAt: startedAt!, endedAt, items: [...contents.keys()] },
    read: async (item) => contents.get(item)!
  }
}

function readStream(path: string): Pick<NodeStream, 'host' | 'startedAt' | 'endedAt'> & { stdout: Buffer } {
  const stdout = readFileSync(path)
  try {
    const { host, startedAt, endedAt } = parseNodeStream(stdout)
    if (!isKubernetesName(host)) throw new Error(`"${host}" is no node's name`)
    return { host, startedAt: utc(startedAt), endedAt: endedAt && utc(endedAt), stdout }
  } catch (error) {
    throw new UserError(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

function utc(time: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) throw new Error(`"${time}" is no time`)
  return date.toISOString()
}
