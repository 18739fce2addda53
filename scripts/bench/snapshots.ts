import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Snapshot } from '../../src/archive/open.ts'
import { createSnapshot } from '../../src/archive/writer.ts'
import { snapshotName } from '../../src/collect/name.ts'
import { type DumpOptions, dumpText } from './dump.ts'
import { type Churn, Days, ENDPOINT_PORT, type Size } from './services.ts'

/** One dump, as the text that the other tools read and as the snapshot that snap reads. */
export interface Input {
  readonly text: string
  readonly snapshot: string
}

const START = Date.UTC(2026, 0, 1)

/** Writes DAY-NODE.txt and the snapshot of it. */
export async function writeInput(folder: string, text: string, day: number, node: number): Promise<Input> {
  const name = `day${day}-node${node}`
  const begun = new Date(START + day * 86_400_000 + node * 1000)
  const at = { startedAt: begun.toISOString(), endedAt: begun.toISOString() }
  mkdirSync(join(folder, 'snapshots'), { recursive: true })
  writeFileSync(join(folder, `${name}.txt`), text)
  const sink = await createSnapshot(join(folder, 'snapshots'), snapshotName(begun))
  await sink.add({
    kind: 'iptables-save',
    node: `node-${node}`,
    command: ['iptables-save', '-c'],
    ...at,
    exitCode: 0,
    error: null,
    stderr: null,
    content: Buffer.from(text)
  })
  const snapshot = await sink.finish({ cluster: { name: 'G', uid: null }, tool: 'bench', ...at })
  return { text: join(folder, `${name}.txt`), snapshot }
}

/** Day after day the text of one node's dump. */
export function* dumps(size: Size, days: number, options: DumpOptions & { churn?: Churn } = {}): Generator<string> {
  const cluster = new Days(size, options.churn)
  for (let day = 0; day < days; day++) {
    if (day > 0) cluster.next()
    yield dumpText(cluster.services, { ...options, seed: day })
  }
}

/** The same without a disk, for runs over many days. */
export function memorySnapshot(day: number, node: number): (content: Buffer) => Snapshot {
  const startedAt = new Date(START + day * 86_400_000 + node * 1000).toISOString()
  return (content) => inMemory(startedAt, [{ kind: 'iptables-save', node: `node-${node}`, content }])
}

/** Services and Nodes as the API lists them, and each node's dump: the same for all, or with chains of its own. */
export function clusterSnapshot(size: Size, nodes: number, own: boolean): Snapshot {
  const { services } = new Days(size)
  const list = (items: readonly object[]) => Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  const names = Array.from({ length: nodes }, (_, node) => `node-${node}`)
  return inMemory(new Date(START).toISOString(), [
    {
      kind: 'nodes',
      content: list(
        names.map((name, node) => ({
          kind: 'Node',
          metadata: { name },
          spec: { podCIDRs: [`10.64.${node}.0/24`] },
          status: { addresses: [{ type: 'InternalIP', address: `172.16.0.${node + 1}` }] }
        }))
      )
    },
    {
      kind: 'services',
      content: list(
        services.map(({ name, clusterIp }) => ({
          kind: 'Service',
          metadata: { namespace: name.split('/')[0], name: name.split(/[/:]/)[1] },
          spec: {
            type: 'ClusterIP',
            clusterIP: clusterIp,
            clusterIPs: [clusterIp],
            ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: ENDPOINT_PORT }]
          }
        }))
      )
    },
    ...names.map((node, index) => ({
      kind: 'iptables-save' as const,
      node,
      content: Buffer.from(dumpText(services, { node: own ? index : 0, seed: index }))
    }))
  ])
}

interface Content {
  readonly kind: 'nodes' | 'services' | 'iptables-save'
  readonly node?: string
  readonly content: Buffer
}

function inMemory(startedAt: string, contents: readonly Content[]): Snapshot {
  const items = contents.map(({ content, ...about }, index) => ({
    ...about,
    command: [],
    startedAt,
    endedAt: startedAt,
    exitCode: 0,
    error: null,
    stderr: null,
    path: `item-${index}`,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex')
  }))
  const manifest = {
    format: 1 as const,
    cluster: { name: 'G', uid: null },
    tool: 'bench',
    startedAt,
    endedAt: startedAt,
    items
  }
  return {
    name: snapshotName(new Date(startedAt)),
    path: 'memory',
    manifest,
    read: async ({ path }) => contents[items.findIndex((item) => item.path === path)]!.content
  }
}
