import test from 'ava'
import { readVersions } from '../../src/parse/versions.ts'

test('a line a program; what a program was built with is no version, and no problem', (t) => {
  const { versions, problems } = readVersions(
    [
      'kernel: 6.1.0-18-amd64',
      'iptables-legacy: iptables v1.8.9 (legacy)',
      'nft: nftables v1.0.6 (Lester Gooch #5)',
      '  cli:\t\teditline',
      '  json:\t\tyes',
      '  minigmp:\tno',
      '  libxtables:\tyes',
      'ip: ip utility, iproute2-6.1.0, libbpf 1.1.2',
      'kube-proxy mode: iptables',
      'hello',
      ''
    ].join('\n')
  )
  t.deepEqual(
    problems.map(({ line, text }) => [line, text]),
    [[10, 'hello']]
  )
  t.deepEqual(
    versions.map(({ name, version }) => `${name} = ${version}`),
    [
      'kernel = 6.1.0-18-amd64',
      'iptables-legacy = iptables v1.8.9 (legacy)',
      'nft = nftables v1.0.6 (Lester Gooch #5)',
      'ip = ip utility, iproute2-6.1.0, libbpf 1.1.2',
      'kube-proxy mode = iptables'
    ]
  )
})

test('an empty text is no version, and no problem', (t) =>
  t.deepEqual(readVersions(''), { versions: [], problems: [] }))
