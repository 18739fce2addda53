import type { NamespaceFact, NodeFact } from '../facts.ts'
import { address, at, boolean, type Json, labels, objects, text, texts } from './json.ts'

export function readNode(item: Json, { name }: { name: string }): NodeFact {
  const info = at(item, 'status', 'nodeInfo')
  return {
    node: name,
    ready:
      text(objects(at(item, 'status', 'conditions')).find((condition) => condition.type === 'Ready')?.status) ?? '',
    unschedulable: boolean(at(item, 'spec', 'unschedulable')) ?? false,
    addresses: objects(at(item, 'status', 'addresses')).map((entry) => ({
      type: text(entry.type) ?? '',
      address: (/IP$/.test(text(entry.type) ?? '') ? address(entry.address) : text(entry.address)) ?? ''
    })),
    podCidrs: podCidrs(item),
    kubeletVersion: text(at(info, 'kubeletVersion')) ?? '',
    kubeProxyVersion: text(at(info, 'kubeProxyVersion')) ?? '',
    osImage: text(at(info, 'osImage')) ?? '',
    kernelVersion: text(at(info, 'kernelVersion')) ?? '',
    containerRuntime: text(at(info, 'containerRuntimeVersion')) ?? '',
    labels: labels(at(item, 'metadata', 'labels')),
    createdAt: text(at(item, 'metadata', 'creationTimestamp')) ?? ''
  }
}

function podCidrs(item: Json): string[] {
  const all = texts(at(item, 'spec', 'podCIDRs'))
  const single = text(at(item, 'spec', 'podCIDR'))
  return all.length > 0 || !single ? all : [single]
}

export function readNamespace(item: Json, { name }: { name: string }): NamespaceFact {
  return {
    namespace: name,
    phase: text(at(item, 'status', 'phase')) ?? '',
    labels: labels(at(item, 'metadata', 'labels'))
  }
}
