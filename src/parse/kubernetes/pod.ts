import type { ContainerFact, ContainerPortFact, PodFact } from '../facts.ts'
import {
  address,
  at,
  boolean,
  type Json,
  labels,
  map,
  number,
  object,
  objects,
  port,
  protocol,
  text,
  texts
} from './json.ts'
import { podStatus } from './pod-status.ts'

type Identity = { namespace: string; name: string }

export function readPod(item: Json, { namespace, name }: Identity): PodFact {
  const status = object(item.status) ?? {}
  const ips = objects(status.podIPs).flatMap((entry) => address(entry.ip) ?? [])
  const ip = address(status.podIP) ?? ''
  const owner = objects(at(item, 'metadata', 'ownerReferences')).find((entry) => entry.controller === true)
  return {
    namespace,
    pod: name,
    uid: text(at(item, 'metadata', 'uid')) ?? '',
    node: text(at(item, 'spec', 'nodeName')) ?? '',
    ip,
    ips: ips.length > 0 || ip === '' ? ips : [ip],
    hostNetwork: boolean(at(item, 'spec', 'hostNetwork')) ?? false,
    phase: text(status.phase) ?? '',
    status: podStatus(item),
    ready: objects(status.conditions).some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    deletedAt: text(at(item, 'metadata', 'deletionTimestamp')) ?? '',
    ownerKind: text(owner?.kind) ?? '',
    ownerName: text(owner?.name) ?? '',
    labels: labels(at(item, 'metadata', 'labels')),
    createdAt: text(at(item, 'metadata', 'creationTimestamp')) ?? ''
  }
}

export function readContainers(item: Json, { namespace, name }: Identity): ContainerFact[] {
  const statuses = [
    ...objects(at(item, 'status', 'containerStatuses')),
    ...objects(at(item, 'status', 'initContainerStatuses'))
  ]
  return containerSpecs(item).map(({ container, kind }) => {
    const status = statuses.find((entry) => entry.name === container.name)
    const state = object(status?.state) ?? {}
    const current = ['running', 'waiting', 'terminated'].find((key) => object(state[key])) ?? ''
    return {
      namespace,
      pod: name,
      container: text(container.name) ?? '',
      kind,
      image: text(container.image) ?? '',
      ready: boolean(status?.ready) ?? false,
      restarts: number(status?.restartCount) ?? 0,
      state: current,
      reason: text(at(state, current, 'reason')) ?? '',
      environment: environment(container),
      arguments: [...texts(container.command), ...texts(container.args)]
    }
  })
}

function containerSpecs(item: Json): { container: Json; kind: string }[] {
  return [
    ...objects(at(item, 'spec', 'containers')).map((container) => ({ container, kind: 'container' })),
    ...objects(at(item, 'spec', 'initContainers')).map((container) => ({
      container,
      kind: container.restartPolicy === 'Always' ? 'sidecar' : 'init'
    }))
  ]
}

/** A variable without a literal value (a field reference) stands with its reference, `fieldRef:status.hostIP`. */
function environment(container: Json): Record<string, string> {
  const entries = objects(container.env).flatMap((variable) => {
    const field = text(at(variable, 'valueFrom', 'fieldRef', 'fieldPath'))
    const value = text(variable.value) ?? (field ? `fieldRef:${field}` : undefined)
    return value === undefined ? [] : [[text(variable.name) ?? '', value] as const]
  })
  return map(Object.fromEntries(entries))
}

export function readContainerPorts(item: Json, { namespace, name }: Identity): ContainerPortFact[] {
  return containerSpecs(item).flatMap(({ container }) =>
    objects(container.ports).flatMap((each) => {
      const value = port(each.containerPort)
      if (value === undefined) return []
      return {
        namespace,
        pod: name,
        container: text(container.name) ?? '',
        portName: text(each.name) ?? '',
        protocol: protocol(each.protocol),
        port: value,
        hostPort: port(each.hostPort) ?? 0,
        hostIp: address(each.hostIP) ?? ''
      }
    })
  )
}
