import test from 'ava'
import { dumpText } from '../../../scripts/bench/dump.ts'
import { Days } from '../../../scripts/bench/services.ts'
import { fsck } from '../../../src/store/fsck/fsck.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { dumpSnapshot } from '../../support/dump-snapshot.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

/** Two days of one node, one of services. */
async function store(): Promise<Store> {
  const result = openStore(':memory:')
  const days = new Days({ services: 10, endpoints: 3 }, { part: 0.2, replaced: 1 })
  for (let day = 0; day < 2; day++) {
    await importSnapshot(
      result,
      dumpSnapshot(day, [{ node: 'a', text: dumpText(days.services, { counters: 'all', shuffle: true, seed: day }) }]),
      new Date(0)
    )
    days.next()
  }
  const at = '2026-02-01T00:00:00.000Z'
  const services = {
    kind: 'List',
    items: [{ metadata: { namespace: 'n', name: 's' }, spec: { ports: [{ port: 80, protocol: 'TCP' }] } }]
  }
  const item = {
    kind: 'services' as const,
    command: [],
    startedAt: at,
    endedAt: at,
    exitCode: 0,
    error: null,
    stderr: null,
    content: Buffer.from(JSON.stringify(services))
  }
  await importSnapshot(
    result,
    memorySnapshot({ cluster: { name: 'c', uid: null }, tool: 't', startedAt: at, endedAt: at }, [item]),
    new Date(0)
  )
  return result
}

test('a store as import left it is in order', async (t) => {
  t.deepEqual(fsck(await store()), [])
})

const DAMAGES: readonly [what: string, sql: string, found: RegExp][] = [
  [
    'a rule changed',
    "UPDATE _run SET arguments = json_set(arguments, '$[0]', '10.9.9.9/32') WHERE id = (SELECT max(id) FROM _run WHERE arguments IS NOT NULL)",
    /hash is another/
  ],
  [
    'a rule gone',
    'DELETE FROM _run WHERE id = (SELECT max(id) FROM _run WHERE rules IS NULL)',
    /rules, \d+ were imported/
  ],
  ['a form changed', "UPDATE _rule_form SET text = 'x' || text WHERE id = 5", /hash is another/],
  ['a chain gone', 'DELETE FROM _run WHERE chain = (SELECT max(chain) FROM _run)', /hash is another/],
  ['a fact changed', 'UPDATE _service_port SET port = 81', /hash is another/],
  ['a fact gone', 'DELETE FROM _service', /hash is another/],
  ['an interval turned round', 'UPDATE _run SET since = until WHERE id = 3', /end before they begin/],
  ['a block gone', 'DELETE FROM _block', /hashes of its blocks/],
  ['a counter of no rule', 'UPDATE _counter SET run = run + 1000', /counters of rules that are not there/],
  ['a counter that is no JSON', "UPDATE _counter SET counts = '[1,'", /cannot be read/],
  [
    'an argument gone',
    "UPDATE _run SET arguments = json_remove(arguments, '$[0]') WHERE id = (SELECT max(id) FROM _run WHERE json_array_length(arguments) > 2)",
    /hash is another/
  ],
  [
    'arguments that are no JSON',
    "UPDATE _run SET arguments = '[\"' WHERE id = (SELECT max(id) FROM _run WHERE arguments IS NOT NULL)",
    /cannot be read: malformed JSON/
  ],
  [
    'a run in another shape',
    'UPDATE _run SET shape = (SELECT shape FROM _run ORDER BY id LIMIT 1) WHERE id = (SELECT max(id) FROM _run WHERE content IS NULL)',
    /hash is another|were imported/
  ],
  [
    'a run of another chain',
    'UPDATE _run SET chain = chain - 1 WHERE id = (SELECT max(id) FROM _run)',
    /hash is another|were imported/
  ],
  [
    'a rule in another place',
    'UPDATE _run SET rank = rank + 2000000 WHERE rules IS NULL AND NOT ordered AND id % 2',
    /not at the places/
  ],
  ['a policy changed', "UPDATE _run SET policy = 'DROP' WHERE policy IS NOT NULL", /hash is another/],
  ['a chain said to be cut', 'UPDATE _run SET complete = 0 WHERE id = 1', /hash is another/],
  [
    'the hash of a chain of several runs changed',
    "UPDATE _run SET content = x'00' WHERE content IS NOT NULL",
    /hash is another/
  ],
  ['a label changed', "UPDATE _label SET label = label || 'x'", /hash is another/],
  ['a chain renamed', "UPDATE _chain_key SET chain = chain || 'X' WHERE id = 3", /hash is another/],
  ['a chain in another table', "UPDATE _chain_key SET table_name = 'raw' WHERE id = 3", /hash is another/],
  [
    "a form's column changed",
    "UPDATE _rule_form SET target = 'DROP' WHERE target = 'MASQUERADE'",
    /columns are not those of its rules/
  ],
  [
    "a form's argument changed",
    'UPDATE _rule_form SET source_argument = source_argument + 1 WHERE source_argument IS NOT NULL',
    /columns are not those of its rules/
  ],
  ['a shape changed', "UPDATE _shape SET forms = '[1,1]' WHERE id = 3", /not those of its list/],
  ["a shape's rule gone", 'DELETE FROM _shape_rule WHERE shape = 4 AND place = 0', /not those of its list/],
  ["a shape's arguments shifted", 'UPDATE _shape_rule SET first = first + 1 WHERE place = 1', /not those of its list/],
  [
    "the hash of a block's chain changed",
    'UPDATE _block SET hashes = zeroblob(length(hashes)) WHERE hashes IS NOT NULL',
    /hashes of its blocks/
  ],
  ['a block with other chains', "UPDATE _block SET chains = '[1]'", /hashes of its blocks/],
  [
    'an order that leaves a rule out',
    'UPDATE _rule_order SET positions = (SELECT positions FROM _rule_order ORDER BY id LIMIT 1)',
    /hash is another/
  ],
  ['an order that does not unpack', "UPDATE _rule_order SET positions = x'0102'", /leaves some out/],
  ["another chain's order", 'UPDATE _part_order SET chain = 1', /of another chain/],
  [
    'counters of more rules than there are',
    "UPDATE _counter SET counts = '[1,1,1,1,1,1,1,1,1,1,1,1,1,1]'",
    /counters of rules that are not there/
  ],
  [
    'counters of a policy that is not there',
    "UPDATE _policy_counter SET chain = 'KUBE-SERVICES' WHERE chain = 'PREROUTING'",
    /counters of a policy that is not there/
  ],
  ['a fact twice', 'INSERT INTO _service SELECT * FROM _service', /hash is another/],
  [
    'a version gone',
    'PRAGMA foreign_keys = OFF; DELETE FROM _version WHERE collection = 1 AND seq = 1',
    /refers to a row/
  ]
]

for (const [what, sql, found] of DAMAGES) {
  test(`found: ${what}`, async (t) => {
    const damaged = await store()
    damaged.exec(sql)
    const messages = fsck(damaged).map(({ message }) => message)
    t.true(
      messages.some((message) => found.test(message)),
      messages.join('\n')
    )
  })
}
