import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CollectedItem, ItemFacts, ItemKind } from '../../src/collect/item.ts'
import { captures } from './capture.ts'

const LISTS: { kind: ItemKind; second: number }[] = [
  { kind: 'nodes', second: 0 },
  { kind: 'namespaces', second: 0 },
  { kind: 'services', second: 1 },
  { kind: 'endpoints', second: 1 },
  { kind: 'pods', second: 1 },
  { kind: 'daemonsets', second: 1 },
  { kind: 'ingresses', second: 1 },
  { kind: 'endpointslices', second: 2 }
]

const NODE_FILES: { kind: ItemKind; file: string; command: string[] }[] = [
  { kind: 'iptables-save', file: 'iptables-save-c.txt', command: ['iptables-save', '-c'] },
  { kind: 'ip6tables-save', file: 'ip6tables-save-c.txt', command: ['ip6tables-save', '-c'] },
  { kind: 'ip6tables-save', file: 'ip6tables-save.txt', command: ['ip6tables-save'] },
  { kind: 'nft-ruleset', file: 'nft-list-ruleset.txt', command: ['nft', 'list', 'ruleset'] },
  { kind: 'ip-address', file: 'ip-json-addr.json', command: ['ip', '-json', 'address'] },
  { kind: 'ip-route', file: 'ip-json-route.json', command: ['ip', '-json', 'route'] },
  { kind: 'sockets-ss', file: 'ss-lntup.txt', command: ['ss', '-lntup'] },
  { kind: 'conntrack', file: 'conntrack-L.txt', command: ['conntrack', '-L'] }
]

/** One capture of the base type: `objects` holds the kubectl lists, `nodes` a folder for each node, `svclb` its pods if any. */
export function baseItems(
  startedAt: Date,
  { objects, nodes, svclb }: { objects: string; nodes: string; svclb?: string }
): CollectedItem[] {
  const at = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000).toISOString()
  const item = (
    facts: Pick<ItemFacts, 'kind' | 'command'> & Partial<ItemFacts>,
    file: string,
    from: number
  ): CollectedItem[] => {
    const path = join(captures, file)
    if (!existsSync(path)) return []
    return [
      {
        startedAt: at(from),
        endedAt: at(from + 1),
        exitCode: 0,
        error: null,
        stderr: null,
        ...facts,
        content: readFileSync(path)
      }
    ]
  }
  return [
    ...LISTS.flatMap(({ kind, second }) =>
      item({ kind, command: ['kubectl', 'get', kind, '-A', '-o', 'json'] }, `${objects}/${kind}.json`, second)
    ),
    ...readdirSync(join(captures, nodes))
      .filter((name) => name.startsWith('kube-') && name !== 'kubectl')
      .flatMap((node) =>
        NODE_FILES.filter(onePerKind(join(captures, nodes, node))).flatMap(({ kind, file, command }) =>
          item({ kind, node, command }, `${nodes}/${node}/${file}`, 3)
        )
      ),
    ...(svclb === undefined
      ? []
      : readdirSync(join(captures, svclb)).flatMap((pod) =>
          readdirSync(join(captures, svclb, pod))
            .filter((file) => file.endsWith('.iptables-save-c.txt'))
            .flatMap((file) =>
              item(
                {
                  kind: 'iptables-save',
                  namespace: 'traefik-ns',
                  pod,
                  container: file.split('.')[0]!,
                  command: ['iptables-save', '-c']
                },
                `${svclb}/${pod}/${file}`,
                4
              )
            )
        ))
  ]
}

/** The first file there is of each kind. */
function onePerKind(folder: string) {
  const seen = new Set<ItemKind>()
  return ({ kind, file }: { kind: ItemKind; file: string }): boolean => {
    if (seen.has(kind) || !existsSync(join(folder, file))) return false
    seen.add(kind)
    return true
  }
}

/** `k8s-1.20/base`, `k8s-1.36/iptables`, `k8s-1.36/nftables` */
export function clusterItems(folder: string, startedAt: Date): CollectedItem[] {
  return baseItems(startedAt, { objects: `${folder}/kubectl`, nodes: folder, svclb: `${folder}/svclb` })
}

/** The rules that kube-proxy of `1.22`, `1.28` or `1.34` made of the same objects. */
export function kubeProxyItems(version: string, startedAt: Date): CollectedItem[] {
  return baseItems(startedAt, {
    objects: 'kube-proxy-versions/kubectl',
    nodes: `kube-proxy-versions/kube-proxy-${version}`
  })
}
