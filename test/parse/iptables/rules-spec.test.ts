import test from 'ava'
import { readSpecList } from '../../../src/parse/iptables/rules-spec.ts'

test('iptables -S', (t) => {
  const dump = readSpecList(
    '-P INPUT ACCEPT\n-N KUBE-SVC-X\n-N EMPTY\n-A INPUT -i lo \n-A INPUT -m comment --comment "a\nb" -j KUBE-SVC-X\n-A KUBE-SVC-X\n',
    'filter'
  )
  t.deepEqual(dump.problems, [])
  t.deepEqual(dump.lines, { rules: 4, chains: 3, structure: 0, comments: 0, blank: 0, unread: 0 })
  t.like(dump.tables[0], { name: 'filter', complete: true })
  t.deepEqual(
    [...dump.tables[0]!.chains.values()],
    [
      {
        name: 'INPUT',
        policy: 'ACCEPT',
        rules: [
          { text: '-i lo', line: 4 },
          { text: '-m comment --comment "a\nb" -j KUBE-SVC-X', line: 5 }
        ]
      },
      { name: 'KUBE-SVC-X', policy: null, rules: [{ text: '', line: 7 }] },
      { name: 'EMPTY', policy: null, rules: [] }
    ]
  )
})

test('iptables -S -v has counters before -j', (t) => {
  const dump = readSpecList(
    '-P INPUT ACCEPT -c 999 99999\n-A INPUT -p tcp -m tcp --dport 1000 -m comment --comment foo -c 0 18446744073709551615 -j ACCEPT\n',
    'filter'
  )
  t.deepEqual(dump.tables[0]!.chains.get('INPUT'), {
    name: 'INPUT',
    policy: 'ACCEPT',
    counters: { packets: '999', bytes: '99999' },
    rules: [
      {
        text: '-p tcp -m tcp --dport 1000 -m comment --comment foo -j ACCEPT',
        counters: { packets: '0', bytes: '18446744073709551615' },
        line: 2
      }
    ]
  })
})

test('one chain is not its whole table', (t) => {
  t.false(readSpecList('-P INPUT ACCEPT\n', 'filter', { wholeTable: false }).tables[0]!.complete)
})

test('the command at the prompt says table, chain and filter', (t) => {
  const dump = readSpecList('root@n:~# iptables -t nat -S | grep KUBE\n-N KUBE-X\n-A KUBE-X -j RETURN\n')
  t.like(dump.tables[0], { name: 'nat', complete: false })
  t.deepEqual(
    dump.problems.map((problem) => problem.line),
    [1]
  )
  t.true(readSpecList('# iptables -S\n-P INPUT DROP\n').tables[0]!.complete)
  t.false(readSpecList('# iptables -S INPUT\n-P INPUT DROP\n').tables[0]!.complete)
})

test('a line of something else makes the list incomplete', (t) => {
  const dump = readSpecList('-P INPUT ACCEPT\nKilled\n-A OUTPUT -j X\n', 'filter')
  t.false(dump.tables[0]!.complete)
  t.deepEqual(
    dump.problems.map((problem) => problem.line),
    [2, 3]
  )
  t.false(dump.tables[0]!.chains.get('OUTPUT')!.declared)
})
