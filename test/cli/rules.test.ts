import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { snap, temporaryFolder } from '../support/cli.ts'

const DUMP = `*filter
:OWN - [0:0]
[3:180] -A OWN -s 10.0.0.1/32 ! -i eth0 -p tcp -m tcp --dport 80 -m statistic --mode random --probability 0.50000000000 -g OTHER
[0:0] -A OWN -m unheard --of "a b" -j ACCEPT
COMMIT
`

const dumped = async (...args: string[]) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'dump.txt'), DUMP)
  return snap(folder, ['rules', '--dump', 'dump.txt', ...args])
}

test('json and csv have what a rule says in columns of its own', async (t) => {
  const { stdout } = await dumped('-o', 'json')
  t.deepEqual(JSON.parse(stdout), [
    {
      table_name: 'filter',
      chain: 'OWN',
      number: 1,
      text: '-s 10.0.0.1/32 ! -i eth0 -p tcp -m tcp --dport 80 -m statistic --mode random --probability 0.50000000000 -g OTHER',
      packets: '3',
      bytes: '180',
      protocol: 'tcp',
      source: '10.0.0.1/32',
      destination: '',
      in_interface: '!eth0',
      out_interface: '',
      destination_ports: '80',
      target: 'OTHER',
      is_goto: 1,
      to_destination: '',
      probability: 0.5,
      not_understood: ''
    },
    {
      table_name: 'filter',
      chain: 'OWN',
      number: 2,
      text: '-m unheard --of "a b" -j ACCEPT',
      packets: '0',
      bytes: '0',
      protocol: '',
      source: '',
      destination: '',
      in_interface: '',
      out_interface: '',
      destination_ports: '',
      target: 'ACCEPT',
      is_goto: 0,
      to_destination: '',
      probability: null,
      not_understood: 'match unheard is not known'
    }
  ])
  const csv = await dumped('-o', 'csv')
  t.regex(
    csv.stdout.split('\n')[0]!,
    /^table_name,chain,number,text,packets,bytes,protocol,.*,probability,not_understood\r?$/
  )
})

test('what snap does not know by name is kept, and said', async (t) => {
  const { stdout, stderr, status } = await dumped('-o', 'save', '--counters')
  t.is(status, 0)
  t.is(stdout, DUMP)
  t.regex(stderr, /^dump\.txt:4: match unheard is not known; kept as it stands$/m)
})

const LISTED = `Chain PREROUTING (policy ACCEPT)
target         prot opt source               destination
KUBE-SERVICES  all  --  0.0.0.0/0            0.0.0.0/0            /* kubernetes service portals */

Chain KUBE-SERVICES (2 references)
target         prot opt source               destination
`

test('a list of -L is read too, and what it cannot show is said where the answer would be', async (t) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'list.txt'), LISTED)
  const save = await snap(folder, ['rules', '--dump', 'list.txt', '-t', 'nat'])
  t.is(
    save.stdout,
    `# Of some rules: listed without -v: rules may ask for interfaces that are not shown
*nat
:PREROUTING ACCEPT
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
COMMIT
`
  )
  t.regex(save.stderr, /^list\.txt: of some rules not all is known: listed without -v: rules may ask for interfaces/m)
  const { stdout } = await snap(folder, ['rules', '--dump', 'list.txt', '-o', 'json'])
  t.like(JSON.parse(stdout)[0], {
    table_name: 'nat',
    chain: 'PREROUTING',
    packets: null,
    target: 'KUBE-SERVICES',
    in_interface: null,
    source: '',
    not_understood: 'listed without -v: rules may ask for interfaces that are not shown'
  })
})

test('a list of -S is read too', async (t) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'spec.txt'), '-P INPUT DROP\n-N OWN\n-A INPUT -j OWN\n')
  const { stdout, stderr } = await snap(folder, ['rules', '--dump', 'spec.txt', '-t', 'filter'])
  t.is(stdout, '*filter\n:INPUT DROP\n:OWN - [0:0]\n-A INPUT -j OWN\nCOMMIT\n')
  t.is(stderr, '')
})
