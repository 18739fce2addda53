import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { FORMAT_VERSION, type ManifestItem } from '../../../archive/manifest.ts'
import type { Snapshot } from '../../../archive/open.ts'
import { isKubernetesName, snapshotName } from '../../../collect/name.ts'
import { readInput } from '../../../input-file.ts'
import { decodeText } from '../../../parse/iptables/bytes.ts'
import { readPastedText } from '../../../parse/text/read.ts'
import { UserError } from '../../../problem.ts'
import { version } from '../../version.ts'
import { instant } from './instant.ts'

/** A pasted terminal session as a snapshot of one item. Throws: UserError where the file, node or time is not one. */
export async function textSnapshot({
  text,
  node,
  at
}: {
  text: string
  node?: string
  at?: string
}): Promise<Snapshot> {
  const content = readText(text)
  requireListings(text, content, node !== undefined)
  const time = (at === undefined ? modified(text) : instant(at)).toISOString()
  if (node !== undefined && !isKubernetesName(node)) throw new UserError(`import: "${node}" is no node's name`)
  const item: ManifestItem = {
    path: text,
    kind: 'text',
    ...(node !== undefined && { node }),
    command: [],
    startedAt: time,
    endedAt: time,
    exitCode: null,
    error: null,
    stderr: null,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex')
  }
  return {
    name: snapshotName(new Date(time)),
    path: text,
    manifest: {
      format: FORMAT_VERSION,
      cluster: { name: 'pasted text', uid: null },
      tool: `snap ${version()}`,
      startedAt: time,
      endedAt: time,
      items: [item]
    },
    read: async () => content
  }
}

/** A file in which nothing is recognised is the wrong file, and an empty snapshot would be taken for an empty cluster. */
function requireListings(file: string, content: Buffer, onNode: boolean): void {
  const { iptables, listeners, coverage, unread } = readPastedText(decodeText(content), { onNode })
  if (iptables.length + listeners.length + coverage.length > 0) return
  // Prose is in every paste: what says more goes first.
  const [told = unread[0]] = unread.filter(({ message }) => message !== 'text, not a listing')
  const why = told ? `line ${told.line}: ${told.message}` : 'it is empty'
  throw new UserError(
    `${file}: nothing in it can be read (${why}); paste kubectl's tables and iptables' and sockets' listings with their commands and prompts`
  )
}

function readText(file: string): Buffer {
  try {
    return readInput(file)
  } catch (error) {
    throw new UserError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function modified(file: string): Date {
  return file === '-' ? new Date() : statSync(file).mtime
}
