import test from 'ava'
import { readSysctls } from '../../src/parse/sysctls.ts'

test('names as sysctl has them; of an interface only what differs from default', (t) => {
  const { sysctls, problems } = readSysctls(
    [
      'ipv4/ip_forward:1',
      'ipv4/ip_local_port_range:32768\t60999',
      'bridge/bridge-nf-call-iptables:1',
      'ipv4/conf/all/rp_filter:0',
      'ipv4/conf/default/rp_filter:2',
      'ipv4/conf/eth0/rp_filter:2',
      'ipv4/conf/eth0.100/rp_filter:1',
      'hello',
      ''
    ].join('\n')
  )
  t.deepEqual(
    problems.map(({ line, text }) => [line, text]),
    [[8, 'hello']]
  )
  t.deepEqual(
    sysctls.map(({ name, value }) => `${name} = ${value}`),
    [
      'net.ipv4.ip_forward = 1',
      'net.ipv4.ip_local_port_range = 32768 60999',
      'net.bridge.bridge-nf-call-iptables = 1',
      'net.ipv4.conf.all.rp_filter = 0',
      'net.ipv4.conf.default.rp_filter = 2',
      'net.ipv4.conf.eth0/100.rp_filter = 1'
    ]
  )
})

test('an empty text is no setting, and no problem', (t) => t.deepEqual(readSysctls(''), { sysctls: [], problems: [] }))
