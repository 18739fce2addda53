import type { Got } from '../../ask/get/path.ts'
import { age } from './age.ts'

/** One column of the table; null is unknown. */
export interface Column {
  readonly head: string
  /** Only with `-o wide`, and in the formats that programs read. */
  readonly isWide?: true
  value(got: Got, takenAt: string): string | number | null
}

const NONE = '<none>'

const field = (head: string, column: string, options: { isWide?: true } = {}): Column => ({
  head,
  ...options,
  value: (got) => cell(got[column])
})

const AGE: Column = {
  head: 'AGE',
  value: ({ created_at: from }, takenAt) => (typeof from === 'string' && from !== '' ? age(from, takenAt) : null)
}

const NODE = field('NODE', 'node')

/** What each kind shows: what kubectl shows where kubectl has such a kind, as far as a snapshot holds it. */
export const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  services: [
    field('NAME', 'service'),
    field('TYPE', 'type'),
    { head: 'CLUSTER-IP', value: (got) => cell(got.cluster_ip) },
    { head: 'EXTERNAL-IP', value: externalIp },
    {
      head: 'PORT(S)',
      value: ({ ports }) =>
        joined(
          (ports as Got[]).map(({ port, node_port: node, protocol }) => `${port}${node ? `:${node}` : ''}/${protocol}`)
        )
    },
    AGE,
    { head: 'SELECTOR', isWide: true, value: ({ selector }) => pairs(selector) }
  ],
  endpoints: [
    field('NAME', 'service'),
    { head: 'ENDPOINTS', value: ({ endpoints }) => some((endpoints as Got[]).filter(({ ready }) => ready).map(place)) },
    {
      head: 'NOT-READY',
      isWide: true,
      value: ({ endpoints }) => some((endpoints as Got[]).filter(({ ready }) => !ready).map(place))
    }
  ],
  endpointslices: [
    field('NAME', 'object'),
    field('SERVICE', 'service'),
    {
      head: 'PORTS',
      value: ({ endpoints }) =>
        some([...new Set((endpoints as Got[]).map(({ port }) => (port === null ? '<unset>' : String(port))))])
    },
    {
      head: 'ENDPOINTS',
      value: ({ endpoints }) => some([...new Set((endpoints as Got[]).map(({ address }) => String(address)))])
    }
  ],
  pods: [
    field('NAME', 'pod'),
    { head: 'READY', value: ready },
    field('STATUS', 'status'),
    { head: 'RESTARTS', value: ({ containers }) => sum((containers as Got[]).map(({ restarts }) => restarts)) },
    AGE,
    { head: 'IP', isWide: true, value: ({ ip }) => cell(ip) },
    field('NODE', 'node', { isWide: true })
  ],
  nodes: [
    field('NAME', 'node'),
    { head: 'STATUS', value: nodeStatus },
    { head: 'ROLES', value: roles },
    AGE,
    field('VERSION', 'kubelet_version'),
    { head: 'INTERNAL-IP', isWide: true, value: ({ internal_ips: ips }) => first(ips) },
    { head: 'EXTERNAL-IP', isWide: true, value: ({ external_ips: ips }) => first(ips) },
    field('OS-IMAGE', 'os_image', { isWide: true }),
    field('KERNEL-VERSION', 'kernel_version', { isWide: true }),
    field('CONTAINER-RUNTIME', 'container_runtime', { isWide: true })
  ],
  namespaces: [field('NAME', 'namespace'), field('STATUS', 'phase')],
  daemonsets: [
    field('NAME', 'daemonset'),
    field('DESIRED', 'desired'),
    field('CURRENT', 'current'),
    field('READY', 'ready'),
    { head: 'NODE SELECTOR', value: ({ node_selector: selector }) => pairs(selector) },
    { head: 'SELECTOR', isWide: true, value: ({ selector }) => pairs(selector) }
  ],
  ingresses: [
    field('NAME', 'ingress'),
    field('CLASS', 'ingress_class'),
    {
      head: 'HOSTS',
      value: ({ backends }) =>
        joined([...new Set((backends as Got[]).map(({ host }) => (host === null ? '?' : String(host) || '*')))])
    },
    {
      head: 'BACKENDS',
      isWide: true,
      value: ({ backends }) =>
        some(
          (backends as Got[]).map(({ path, service, service_port: port }) => `${path ?? ''} ${service}:${port}`.trim())
        )
    }
  ],
  fronts: [
    field('SERVICE', 'service'),
    field('ADDRESS', 'address'),
    field('PORT', 'port'),
    field('PROTOCOL', 'protocol'),
    field('KIND', 'kind'),
    field('PORT-NAME', 'port_name'),
    field('HASH', 'chain_hash', { isWide: true })
  ],
  chains: [
    field('NAME', 'chain'),
    field('TABLE', 'table_name'),
    field('FAMILY', 'family'),
    field('KIND', 'kind'),
    field('RULES', 'rules'),
    { head: 'NODES', value: ({ nodes }) => some(nodes as string[]) },
    { head: 'POLICY', isWide: true, value: ({ policy }) => cell(policy) ?? '' }
  ],
  rules: [
    NODE,
    field('FAMILY', 'family', { isWide: true }),
    field('TABLE', 'table_name'),
    field('CHAIN', 'chain'),
    { head: 'NO', value: ({ number }) => cell(number) ?? '' },
    field('PACKETS', 'packets'),
    field('BYTES', 'bytes', { isWide: true }),
    field('RULE', 'text')
  ],
  listeners: [
    { head: 'NODE', value: ({ node }) => cell(node) ?? '' },
    { head: 'POD', value: ({ namespace, pod }) => (pod === null ? '' : `${namespace}/${pod}`) },
    field('PROTOCOL', 'protocol'),
    field('ADDRESS', 'address'),
    field('PORT', 'port'),
    field('PROCESS', 'process')
  ],
  findings: [
    field('SEVERITY', 'severity'),
    field('CODE', 'code'),
    field('OBJECT', 'object'),
    { head: 'NODE', value: ({ node }) => (node ? String(node) : '') },
    field('MESSAGE', 'message'),
    field('FIX', 'fix', { isWide: true })
  ],
  flows: [
    field('SERVICE', 'service'),
    field('ADDRESS', 'address'),
    field('PORT', 'port'),
    field('PROTOCOL', 'protocol'),
    field('SENDER', 'sender'),
    field('DESTINATIONS', 'destinations'),
    {
      head: 'SHARE',
      value: ({ share }) => (typeof share === 'number' ? `${Number((share * 100).toFixed(1))}%` : cell(share))
    },
    field('VERDICT', 'verdict'),
    field('NODES', 'nodes'),
    field('WHY', 'why', { isWide: true })
  ],
  snapshots: [
    field('ID', 'id'),
    field('NAME', 'snapshot'),
    field('CLUSTER', 'cluster'),
    field('ITEMS', 'items'),
    field('FAILED', 'failed'),
    field('ISSUES', 'issues'),
    { head: 'FROM', value: ({ pasted }) => (pasted ? 'pasted text' : 'collection') },
    field('SOURCE', 'source', { isWide: true }),
    field('TOOL', 'tool', { isWide: true })
  ]
}

/** Before all others, where several namespaces are listed. */
export const NAMESPACE: Column = field('NAMESPACE', 'namespace')

function cell(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return value
  if (Array.isArray(value)) return joined(value.map(String))
  return value === '' ? NONE : String(value)
}

function joined(list: readonly string[]): string {
  return list.join(',') || NONE
}

const SHOWN = 3

/** As kubectl shows endpoints: three, and how many more. */
function some(list: readonly string[]): string {
  return list.length > SHOWN ? `${list.slice(0, SHOWN).join(',')} + ${list.length - SHOWN} more...` : joined(list)
}

function first(list: unknown): string | null {
  return Array.isArray(list) ? String(list[0] ?? NONE) : null
}

function pairs(object: unknown): string | null {
  return typeof object === 'object' && object !== null
    ? joined(Object.entries(object).map(([key, value]) => `${key}=${value}`))
    : null
}

function sum(values: readonly unknown[]): number | null {
  return values.length === 0 || values.some((value) => typeof value !== 'number')
    ? null
    : (values as number[]).reduce((total, value) => total + value, 0)
}

function place({ address, port }: Got): string {
  const host = String(address).includes(':') && port !== null ? `[${address}]` : String(address)
  return port === null ? host : `${host}:${port}`
}

/** Source: kubectl's printers.go, getServiceExternalIP. */
function externalIp({
  type,
  external_ips: external,
  load_balancer_ips: ips,
  load_balancer_hostnames: names,
  external_name: name
}: Got): string | null {
  if (type === null) return null
  if (type === 'ExternalName') return cell(name) as string | null
  if (![external, ...(type === 'LoadBalancer' ? [ips, names] : [])].every(Array.isArray)) return null
  const given = type === 'LoadBalancer' ? [...(ips as string[]), ...(names as string[])] : []
  const all = [...given, ...(external as string[])]
  return all.length === 0 && type === 'LoadBalancer' ? '<pending>' : joined(all)
}

/** Containers that keep running: init containers do not count, unless they are sidecars. */
function ready({ containers }: Got): string | null {
  const running = (containers as Got[]).filter(({ kind }) => kind !== 'init')
  if (running.length === 0 || running.some(({ ready: is }) => is === null)) return null
  return `${running.filter(({ ready: is }) => is).length}/${running.length}`
}

function nodeStatus({ ready: is, unschedulable }: Got): string | null {
  if (is === null) return null
  return `${is === 'True' ? 'Ready' : is === 'False' ? 'NotReady' : 'Unknown'}${unschedulable ? ',SchedulingDisabled' : ''}`
}

const ROLE = 'node-role.kubernetes.io/'

function roles({ labels }: Got): string | null {
  if (typeof labels !== 'object' || labels === null) return null
  const names = Object.entries(labels as Record<string, string>).flatMap(([key, value]) =>
    key.startsWith(ROLE) && key.length > ROLE.length
      ? [key.slice(ROLE.length)]
      : key === 'kubernetes.io/role' && value !== ''
        ? [value]
        : []
  )
  return joined(names.sort())
}
