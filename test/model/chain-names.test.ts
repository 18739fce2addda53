import test from 'ava'
import { chainKind, isLocalKind } from '../../src/model/chain-kinds.ts'
import { endpointChain, servicePortHash, servicePortName } from '../../src/model/chain-names.ts'

/** Names as kube-proxy wrote them on real clusters. */
const services: [namespace: string, service: string, port: string, protocol: string, hash: string][] = [
  ['traefik-ns', 'traefik', 'keycloak', 'TCP', 'O2EOQBSIC5NZRIQN'],
  ['traefik-ns', 'traefik', 'admin', 'tcp', '2NGTPF5PU2OO4NFC'],
  ['traefik-ns', 'traefik', 'websecure', 'TCP', 'CATTP5HEIU3VUDDR'],
  ['traefik-ns', 'traefik', 'web', 'TCP', '6R2DDDBNAG6WBID2'],
  ['default', 'kubernetes', 'https', 'TCP', 'NPX46M4PTMTKRN6Y'],
  ['kube-system', 'kube-dns', 'dns', 'UDP', 'TCOU7JCQXEZGVUNU'],
  ['kube-system', 'kube-dns', 'dns-tcp', 'TCP', 'ERIFXISQEP7F7OF4'],
  ['default', 'nginx', '', 'TCP', '2CMXP7HKUVJN7L6M']
]
for (const [namespace, service, port, protocol, hash] of services) {
  test(`${namespace}/${service}:${port}/${protocol} hashes to ${hash}`, (t) => {
    t.is(servicePortHash(servicePortName(namespace, service, port), protocol), hash)
  })
}

test('an unnamed port had a colon behind its Service before kube-proxy 1.19', (t) => {
  t.is(servicePortHash(servicePortName('default', 'hostnames', '', true), 'TCP'), 'NWV5X2332I4OT4T3')
  t.not(servicePortHash(servicePortName('default', 'hostnames', ''), 'TCP'), 'NWV5X2332I4OT4T3')
})

test('endpoint chains', (t) => {
  t.is(endpointChain('traefik-ns/traefik:keycloak', 'TCP', '10.42.2.245', 8087), 'KUBE-SEP-AFDBSPUPSG7DXKN6')
  t.is(endpointChain('default/kubernetes:https', 'TCP', '192.168.1.4', 6443), 'KUBE-SEP-EHDRCCD3XO3VA5ZU')
  t.not(endpointChain('a/b:c', 'TCP', 'fd00::1', 80), endpointChain('a/b:c', 'UDP', 'fd00::1', 80))
})

const kinds: [chain: string, kind: string, local: boolean][] = [
  ['KUBE-SVC-O2EOQBSIC5NZRIQN', 'service', false],
  ['KUBE-SEP-AFDBSPUPSG7DXKN6', 'endpoint', false],
  ['KUBE-FW-O2EOQBSIC5NZRIQN', 'firewall', false],
  ['KUBE-EXT-O2EOQBSIC5NZRIQN', 'external', false],
  ['KUBE-SVL-O2EOQBSIC5NZRIQN', 'local', true],
  ['KUBE-XLB-O2EOQBSIC5NZRIQN', 'external-local', true],
  ['KUBE-SERVICES', 'services', false],
  ['KUBE-NODEPORTS', 'node-ports', false],
  ['KUBE-MARK-MASQ', 'masquerade-mark', false],
  ['KUBE-PROXY-CANARY', 'canary', false],
  ['CNI-HOSTPORT-DNAT', 'hostports', true],
  ['CNI-DN-3869763aca817ab5aa8d8', 'hostport', true],
  ['CNI-0d1e2f3a4b5c6d7e8f9a0b1c', 'cni', true],
  ['FLANNEL-POSTRTG', 'flannel', true],
  ['KUBE-ROUTER-INPUT', 'kube-router', true],
  ['KUBE-POD-FW-ABCDEFGHIJKLMNOP', 'kube-router', true],
  ['cali-FORWARD', 'calico', true],
  ['DOCKER-USER', 'docker', true],
  ['PREROUTING', 'built-in', true],
  ['my-own-chain', 'other', true]
]
for (const [chain, kind, local] of kinds) {
  test(`${chain} is of kind ${kind}`, (t) => {
    t.is(chainKind(chain).kind, kind)
    t.is(isLocalKind(kind), local)
  })
}

test('only hashed chains have a hash', (t) => {
  t.is(chainKind('KUBE-SVC-O2EOQBSIC5NZRIQN').hash, 'O2EOQBSIC5NZRIQN')
  t.is(chainKind('KUBE-SERVICES').hash, null)
})
