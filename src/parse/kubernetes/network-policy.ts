import type { NetworkPolicyFact, NetworkPolicyRuleFact } from '../facts.ts'
import { at, type Json, map, object, objects, text, texts } from './json.ts'

type Identity = { namespace: string; name: string }

export function readNetworkPolicy(item: Json, { namespace, name }: Identity): NetworkPolicyFact {
  const types = texts(at(item, 'spec', 'policyTypes'))
  // The API's default: Egress only where there are rules of it.
  const meant = types.length > 0 ? types : ['Ingress', ...(at(item, 'spec', 'egress') === undefined ? [] : ['Egress'])]
  return { namespace, networkPolicy: name, podSelector: selectorText(at(item, 'spec', 'podSelector')), types: meant }
}

/** A row for each peer of each rule; a rule without peers is one of any. */
export function readNetworkPolicyRules(item: Json, { namespace, name }: Identity): NetworkPolicyRuleFact[] {
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    objects(at(item, 'spec', direction)).flatMap((rule, position) => {
      const row = { namespace, networkPolicy: name, direction, position, ports: objects(rule.ports).map(portText) }
      const peers = objects(direction === 'ingress' ? rule.from : rule.to).map(peerText)
      return (peers.length > 0 ? peers : ['']).map((peer) => ({ ...row, peer }))
    })
  )
}

/** `app=web, tier in (a b)`; '' selects all. */
function selectorText(selector: unknown): string {
  const labels = Object.entries(map(at(selector, 'matchLabels')) ?? {}).map(([key, value]) => `${key}=${value}`)
  const expressions = objects(at(selector, 'matchExpressions')).map((one) => {
    const values = texts(one.values)
    return [text(one.key), text(one.operator), values.length > 0 ? `(${values.join(' ')})` : '']
      .filter(Boolean)
      .join(' ')
  })
  return [...labels.sort(), ...expressions].join(', ')
}

/** `pods app=web`, `all pods of namespaces team=a`, `10.0.0.0/8 except 10.1.0.0/16`. */
function peerText(peer: Json): string {
  const block = object(peer.ipBlock)
  if (block) {
    const except = texts(block.except)
    return `${text(block.cidr) ?? ''}${except.length > 0 ? ` except ${except.join(', ')}` : ''}`
  }
  const pods = selectorText(peer.podSelector)
  const namespaces = selectorText(peer.namespaceSelector)
  const of =
    object(peer.namespaceSelector) === undefined
      ? ''
      : ` of ${namespaces === '' ? 'all namespaces' : `namespaces ${namespaces}`}`
  return `${pods === '' ? 'all pods' : `pods ${pods}`}${of}`
}

/** `TCP/80`, `TCP/8000-8100`, `UDP/dns`, `SCTP` */
function portText(port: Json): string {
  const first = typeof port.port === 'number' || typeof port.port === 'string' ? `/${port.port}` : ''
  return `${text(port.protocol) ?? 'TCP'}${first}${typeof port.endPort === 'number' ? `-${port.endPort}` : ''}`
}
