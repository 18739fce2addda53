import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CollectedItem, ItemFacts, ItemKind, SnapshotFacts } from '../../src/collect/item.ts'
import { reduceList } from '../../src/collect/redact/list.ts'

/** The captures of real clusters that stand beside the checkout where snap is built; a user does not have them. */
export const captures = new URL('../../../../shared/captures/', import.meta.url).pathname

export const hasCaptures = existsSync(captures)

/** The items a collection run would have made of one day of the captured week, as begun at `startedAt`. */
export function weekItems(day: string, startedAt: Date): CollectedItem[] {
  const folder = join(captures, day)
  const at = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000).toISOString()
  const item = (
    facts: Pick<ItemFacts, 'kind' | 'command'> & Partial<ItemFacts>,
    file: string,
    from: number
  ): CollectedItem => ({
    startedAt: at(from),
    endedAt: at(from + 1),
    exitCode: 0,
    error: null,
    stderr: null,
    ...facts,
    content: readFileSync(join(folder, file))
  })
  const objects = Object.entries(LISTS).map(([kind, { file, resource, second }]) => {
    const whole = item(
      { kind: kind as ItemKind, command: ['kubectl', 'get', resource, '--all-namespaces', '-o', 'json'] },
      `objects/${file}.json`,
      second
    )
    return { ...whole, content: Buffer.from(reduceList(resource, whole.content!.toString('utf8')).json) }
  })
  return [...objects, ...nodeItems(folder, item), ...podItems(folder, item)]
}

type MakeItem = (
  facts: Pick<ItemFacts, 'kind' | 'command'> & Partial<ItemFacts>,
  file: string,
  from: number
) => CollectedItem

const LISTS: Partial<Record<ItemKind, { file: string; resource: Parameters<typeof reduceList>[0]; second: number }>> = {
  nodes: { file: 'nodes', resource: 'nodes', second: 0 },
  namespaces: { file: 'namespaces', resource: 'namespaces', second: 0 },
  services: { file: 'services', resource: 'services', second: 1 },
  endpoints: { file: 'endpoints', resource: 'endpoints', second: 1 },
  pods: { file: 'pods', resource: 'pods', second: 1 },
  daemonsets: { file: 'daemonsets', resource: 'daemonsets', second: 1 },
  ingresses: { file: 'ingresses', resource: 'ingresses', second: 1 },
  endpointslices: { file: 'endpointslices-before', resource: 'endpointslices', second: 2 },
  'endpointslices-after': { file: 'endpointslices-after', resource: 'endpointslices', second: 6 }
}

function nodeItems(folder: string, item: MakeItem): CollectedItem[] {
  return readdirSync(join(folder, 'nodes')).flatMap((node) => [
    item({ kind: 'iptables-save', node, command: ['iptables-save', '-c'] }, `nodes/${node}/iptables-save.txt`, 3),
    item({ kind: 'ip6tables-save', node, command: ['ip6tables-save', '-c'] }, `nodes/${node}/ip6tables-save.txt`, 3),
    item({ kind: 'ip-address', node, command: ['ip', '-json', 'address'] }, `nodes/${node}/ip-addr.json`, 3),
    item({ kind: 'ip-route', node, command: ['ip', '-json', 'route'] }, `nodes/${node}/ip-route.json`, 3),
    item({ kind: 'sockets-ss', node, command: ['ss', '-lntu'] }, `nodes/${node}/ss-lntu.txt`, 3)
  ])
}

function podItems(folder: string, item: MakeItem): CollectedItem[] {
  return readdirSync(join(folder, 'pods')).flatMap((namespace) =>
    readdirSync(join(folder, 'pods', namespace)).flatMap((pod) => {
      const base = `pods/${namespace}/${pod}`
      if (pod.startsWith('svclb-')) {
        return readdirSync(join(folder, base)).map((container) =>
          item(
            { kind: 'iptables-save', namespace, pod, container, command: ['iptables-save', '-c'] },
            `${base}/${container}/iptables-save.txt`,
            4
          )
        )
      }
      return [
        {
          ...item(
            {
              kind: 'sockets-netstat',
              namespace,
              pod,
              container: 'traefik',
              command: ['netstat', '-tulpen'],
              exitCode: 1
            },
            `${base}/netstat.txt`,
            4
          ),
          error: "netstat: invalid option -- 'p'",
          content: null
        },
        item(
          {
            kind: 'sockets-proc',
            namespace,
            pod,
            container: 'traefik',
            command: ['cat', '/proc/net/tcp', '/proc/net/tcp6']
          },
          `${base}/proc-net-tcp.txt`,
          4
        )
      ]
    })
  )
}

export function facts(startedAt: Date): SnapshotFacts {
  return {
    cluster: { name: 'k3s', uid: '5bd8b5a0-6f5c-4a5e-9a53-1c2f0d3b7f11' },
    tool: 'snap 0.1.0',
    startedAt: startedAt.toISOString(),
    endedAt: new Date(startedAt.getTime() + 8000).toISOString()
  }
}
