import type { DaemonSetFact, NodeFact, PodFact } from '../facts.ts'
import { cellOrNull, labelsOrNull } from './cell.ts'

type Cells = Readonly<Record<string, string>>

/** STATUS words under which a pod is not being deleted: kubectl would print Terminating instead (printers, printPod). */
const NOT_DELETED = new Set([
  'Running',
  'Pending',
  'ContainerCreating',
  'PodInitializing',
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'CreateContainerConfigError'
])

export function podFact(namespace: string, pod: string, cells: Cells): PodFact {
  const status = cellOrNull(cells, 'STATUS')
  const ip = cellOrNull(cells, 'IP')
  return {
    namespace,
    pod,
    uid: null,
    node: cellOrNull(cells, 'NODE'),
    ip,
    ips: ip === '' ? [] : null,
    hostNetwork: null,
    phase: null,
    status,
    ready: readiness(cells),
    deletedAt: NOT_DELETED.has(status ?? '') ? '' : null,
    ownerKind: null,
    ownerName: null,
    labels: labelsOrNull(cells, 'LABELS'),
    createdAt: null
  }
}

/** Ready needs all containers and all readiness gates; without the gates' column (-o wide) only the contrary is proven. */
function readiness({ READY = '', 'READINESS GATES': gates }: Cells): boolean | null {
  const all = (counts: string) => counts.split('/')[0] === counts.split('/')[1]
  if (!all(READY)) return false
  if (gates === undefined) return null
  return gates === '<none>' || all(gates)
}

/**
 * `addresses` holds what kubectl shows: the first internal and the first external one.
 * NotReady is kubectl's word for a condition that is False and for one that is Unknown: `ready` is null then.
 */
export function nodeFact(node: string, cells: Cells): NodeFact {
  const status = (cells['STATUS'] ?? '').split(',')
  const address = (type: string, column: string) =>
    [cellOrNull(cells, column)].filter((cell) => cell).map((cell) => ({ type, address: cell! }))
  return {
    node,
    ready: status.includes('Ready') ? 'True' : null,
    unschedulable: status.includes('SchedulingDisabled'),
    addresses:
      'INTERNAL-IP' in cells
        ? [...address('InternalIP', 'INTERNAL-IP'), ...address('ExternalIP', 'EXTERNAL-IP')]
        : null,
    podCidrs: null,
    kubeletVersion: cellOrNull(cells, 'VERSION'),
    kubeProxyVersion: null,
    osImage: cellOrNull(cells, 'OS-IMAGE'),
    kernelVersion: cellOrNull(cells, 'KERNEL-VERSION')?.replace(/ \([^()]*\)$/, '') ?? null,
    containerRuntime: cellOrNull(cells, 'CONTAINER-RUNTIME'),
    labels: labelsOrNull(cells, 'LABELS'),
    createdAt: null
  }
}

export function daemonSetFact(namespace: string, daemonset: string, cells: Cells): DaemonSetFact {
  return {
    namespace,
    daemonset,
    desired: Number(cells['DESIRED']),
    current: Number(cells['CURRENT']),
    ready: Number(cells['READY']),
    labels: labelsOrNull(cells, 'LABELS'),
    selector: labelsOrNull(cells, 'SELECTOR'),
    nodeSelector: labelsOrNull(cells, 'NODE SELECTOR')
  }
}
