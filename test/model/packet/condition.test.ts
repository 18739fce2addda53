/** Chance, history and ignorance: every branch followed, none guessed. */

import test from 'ava'
import fc from 'fast-check'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import { type Condition, isForNewClient, type Outcome } from '../../../src/model/packet/outcome.ts'
import type { Rules } from '../../../src/model/packet/packet.ts'
import { BARE, briefs, NODE, rules, send, THROUGH } from './rules.ts'

/** For every way the conditions can be, the shares of the outcomes that agree with it. */
function sums(outcomes: readonly Outcome[]): number[] {
  const ids = [...new Set(outcomes.flatMap(({ conditions }) => conditions.map(({ id }) => id)))]
  return Array.from({ length: 2 ** ids.length }, (_, bits) => {
    const agrees = ({ id, holds }: Condition) => holds === (((bits >> ids.indexOf(id)) & 1) === 1)
    return outcomes.filter(({ conditions }) => conditions.every(agrees)).reduce((sum, { share }) => sum + share, 0)
  })
}

/** Endpoint chains as kube-proxy writes them: 1/n, 1/(n-1), …, the last without condition. */
function service(endpoints: number, digits = 11): string {
  const lines = Array.from({ length: endpoints }, (_, at) => {
    const chance = Math.round(2 ** 31 / (endpoints - at)) / 2 ** 31
    const statistic = at === endpoints - 1 ? '' : `-m statistic --mode random --probability ${chance.toFixed(digits)} `
    return `nat SVC ${statistic}-j SEP-${at}\nnat SEP-${at} -p tcp -j DNAT --to-destination 10.42.0.${at + 10}:80`
  })
  return ['nat PREROUTING -d 10.42.0.5/32 -j SVC', ...lines].join('\n')
}

for (const count of [1, 2, 3, 7, 150]) {
  test(`${count} endpoints get the shares of the kernel’s 31-bit chances`, (t) => {
    const outcomes = send(service(count))
    t.is(outcomes.length, count)
    let left = 1
    for (const [at, { share }] of outcomes.entries()) {
      const chance = at === count - 1 ? 1 : Math.round(2 ** 31 / (count - at)) / 2 ** 31
      t.true(Math.abs(share - left * chance) < 1e-12, `endpoint ${at}`)
      left *= 1 - chance
    }
    t.true(Math.abs(outcomes.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9)
  })
}

test('the share is that of round(p · 2^31), not of the decimals printed', (t) => {
  const [dropped] = send('filter FORWARD -m statistic --mode random --probability 0.33333333349 -j DROP').filter(
    ({ verdict }) => verdict === 'dropped'
  )
  t.is(dropped?.share, 715827883 / 2 ** 31)
})

test('a negated chance, and every nth packet', (t) => {
  t.deepEqual(briefs(send('filter FORWARD -m statistic --mode random ! --probability 0.25000000000 -j DROP')), [
    'accepted 10.42.0.5:80 (0.25)',
    'dropped (0.75)'
  ])
  t.deepEqual(briefs(send('filter FORWARD -m statistic --mode nth --every 4 --packet 0 -j DROP')), [
    'accepted 10.42.0.5:80 (0.75)',
    'dropped (0.25)'
  ])
})

test('branches that come to the same end are one outcome', (t) => {
  t.deepEqual(
    briefs(
      send(`
    filter FORWARD -m statistic --mode random --probability 0.50000000000 -j one
    filter FORWARD -j ACCEPT
    filter one -j LOG
  `)
    ),
    ['accepted 10.42.0.5:80']
  )
})

const AFFINITY = `
  nat PREROUTING -j SVC
  nat SVC -m recent --rcheck --seconds 10800 --reap --name A --mask 255.255.255.255 --rsource -j SEP-A
  nat SVC -m recent --rcheck --seconds 10800 --reap --name B --mask 255.255.255.255 --rsource -j SEP-B
  nat SVC -m statistic --mode random --probability 0.50000000000 -j SEP-A
  nat SVC -j SEP-B
  nat SEP-A -p tcp -m recent --set --name A --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.42.0.10:80
  nat SEP-B -p tcp -m recent --set --name B --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.42.0.11:80
`

test('session affinity: a new client’s shares, and the client seen before by each endpoint', (t) => {
  const outcomes = send(AFFINITY)
  const seen = (name: string) => `list ${name} has seen 192.0.2.1 within 10800 s`
  t.deepEqual(briefs(outcomes), [
    `accepted 10.42.0.10:80 if ${seen('A')}`,
    `accepted 10.42.0.10:80 unless ${seen('A')}, unless ${seen('B')} (0.5)`,
    `accepted 10.42.0.11:80 unless ${seen('A')}, if ${seen('B')}`,
    `accepted 10.42.0.11:80 unless ${seen('A')}, unless ${seen('B')} (0.5)`
  ])
  t.deepEqual(
    outcomes.filter(isForNewClient).map(({ share }) => share),
    [0.5, 0.5]
  )
  for (const sum of sums(outcomes)) t.is(sum, 1)
})

test('affinity over 600 endpoints stays decidable', (t) => {
  const endpoints = Array.from({ length: 600 }, (_, at) => at)
  const outcomes = send(
    [
      ...endpoints.map(
        (at) => `nat PREROUTING -m recent --rcheck --name E${at} --mask 255.255.255.255 --rsource -j E${at}`
      ),
      ...endpoints.map(
        (at) => `nat PREROUTING -m statistic --mode random --probability ${(1 / (600 - at)).toFixed(11)} -j E${at}`
      ),
      ...endpoints.map((at) => `nat E${at} -j DNAT --to-destination 10.42.${at >> 8}.${at & 255}`)
    ].join('\n')
  )
  const usual = outcomes.filter(isForNewClient)
  t.is(usual.length, 600)
  t.is(outcomes.length, 1200)
  t.true(Math.abs(usual.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9)
})

test('a list remembers within one packet what it was told', (t) => {
  t.deepEqual(
    briefs(send('filter FORWARD -m recent --set --name X\nfilter FORWARD -m recent --rcheck --name X -j DROP')),
    ['dropped']
  )
  t.deepEqual(
    briefs(
      send(
        'filter FORWARD -m recent --set --name X\nfilter FORWARD -m recent --remove --name X\nfilter FORWARD -m recent --rcheck --name X -j DROP'
      )
    ),
    ['accepted 10.42.0.5:80']
  )
  t.is(
    send('filter FORWARD -m recent --set --name X\nfilter FORWARD -m recent --update --hitcount 4 --name X -j DROP')
      .length,
    2
  )
  t.is(send('filter FORWARD -m recent --set --name X\nfilter FORWARD -m recent --rcheck --name Y -j DROP').length, 2)
  t.deepEqual(briefs(send('filter FORWARD -m recent ! --rcheck --name X -j DROP').filter(isForNewClient)), [
    'dropped unless list X has seen 192.0.2.1'
  ])
})

test('--set leaves its mark even where the rule then does not match', (t) => {
  t.deepEqual(
    briefs(
      send(
        'filter FORWARD -m recent --set --name X -m mark --mark 0x1 -j ACCEPT\nfilter FORWARD -m recent --rcheck --name X -j DROP'
      )
    ),
    ['dropped']
  )
})

test('an undecided match forks, and says rule and reason', (t) => {
  const [dropped] = send('filter FORWARD -s 192.0.2.0/24 -m set --match-set blocked src -j DROP').filter(
    ({ verdict }) => verdict === 'dropped'
  )
  t.deepEqual(dropped?.conditions, [
    {
      id: dropped!.conditions[0]!.id,
      holds: true,
      text: '-m set --match-set blocked src matches',
      reason: 'the contents of set blocked are not known',
      rule: {
        hook: 'FORWARD',
        table: 'filter',
        chain: 'FORWARD',
        ruleNumber: 1,
        ruleText: '-s 192.0.2.0/24 -m set --match-set blocked src -j DROP'
      }
    }
  ])
})

test('a question is asked once', (t) => {
  const set = '-m set --match-set blocked src'
  t.deepEqual(
    briefs(
      send(
        `mangle FORWARD ${set} -j MARK --set-xmark 0x1/0x1\nfilter FORWARD ${set} -j DROP\nfilter FORWARD -m set ! --match-set blocked src -j REJECT`
      )
    ),
    [`dropped if ${set} matches`, `rejected icmp-port-unreachable unless ${set} matches`]
  )
  t.deepEqual(
    briefs(
      send(
        'mangle PREROUTING -i eth1 -j MARK --set-xmark 0x1/0x1\nfilter FORWARD -i eth1 -m mark ! --mark 0x1 -j DROP',
        {},
        BARE
      ).filter(({ verdict }) => verdict === 'dropped')
    ),
    []
  )
})

test('an interface once supposed is no other', (t) => {
  t.deepEqual(
    briefs(send('filter FORWARD -i eth0 -j two\nfilter two -i cni0 -j DROP\nfilter two -i eth+ -j REJECT', {}, BARE)),
    [
      'accepted 10.42.0.5:80 unless the packet arrives on eth0',
      'rejected icmp-port-unreachable if the packet arrives on eth0'
    ]
  )
})

test('two rate limits are two questions, also one reached by two ways', (t) => {
  const both =
    'filter FORWARD -m limit --limit 1/sec -j MARK --set-xmark 0x1/0x1\nfilter FORWARD -m limit --limit 1/sec -j MARK --set-xmark 0x2/0x2'
  t.is(send(both).length, 4)
  const twice =
    'filter FORWARD -j lim\nfilter FORWARD -j lim\nfilter lim -m limit --limit 1/sec -j MARK --set-xmark 0x1/0x0'
  t.deepEqual(
    send(twice)
      .map(({ packet }) => packet.mark)
      .sort(),
    [0, 0, 1, 1]
  )
})

test('a question whose answers lead to one end is dropped', (t) => {
  t.deepEqual(
    briefs(
      send(
        'filter FORWARD -m limit --limit 1/sec -j LOG\nfilter FORWARD -m set --match-set a src -j ACCEPT\nfilter FORWARD -m set --match-set b src -j ACCEPT'
      )
    ),
    ['accepted 10.42.0.5:80']
  )
  t.deepEqual(
    briefs(
      send(
        'filter FORWARD -m set --match-set a src -j ACCEPT\nfilter FORWARD -m set --match-set b src -j DROP\nfilter FORWARD -m set --match-set a src -j DROP'
      )
    ),
    [
      'accepted 10.42.0.5:80 if -m set --match-set a src matches',
      'accepted 10.42.0.5:80 unless -m set --match-set a src matches, unless -m set --match-set b src matches',
      'dropped unless -m set --match-set a src matches, if -m set --match-set b src matches'
    ]
  )
})

test('forty questions that change nothing stay one outcome', (t) => {
  const lines = Array.from({ length: 40 }, (_, at) => `filter FORWARD -m set --match-set s${at} src -j one`)
  t.deepEqual(briefs(send([...lines, 'filter one -p udp -j DROP'].join('\n'))), ['accepted 10.42.0.5:80'])
})

test('forty questions that all mark are cut off, and the rest is unknown', (t) => {
  const lines = Array.from(
    { length: 40 },
    (_, at) => `filter FORWARD -m set --match-set s${at} src -j MARK --set-xmark 0x${(2 ** (at % 31)).toString(16)}/0x0`
  )
  const outcomes = send(lines.slice(0, 14).join('\n'))
  t.true(outcomes.some(({ verdict }) => verdict === 'unknown'))
  t.true(outcomes.length < 2 ** 14)
})

test('pairs of questions whose combinations nobody could read end in unknown', (t) => {
  const pairs = Array.from(
    { length: 20 },
    (_, at) =>
      `filter FORWARD -m set --match-set a${at} src -j c${at}\nfilter c${at} -m set --match-set b${at} src -j DROP`
  )
  const outcomes = send(pairs.join('\n'))
  t.true(outcomes.some(({ verdict, why }) => verdict === 'unknown' && why.includes('combinations')))
  t.true(outcomes.length < 5000)
  t.is(briefs(send(pairs.slice(0, 3).join('\n'))).filter((each) => each.startsWith('accepted')).length, 8)
})

test('rules that were not captured are a question', (t) => {
  const pass = (what: string) => `${what} lets the packet go on unchanged`
  const listed = rules('filter FORWARD -j missing\nfilter FORWARD -j DROP')
  t.deepEqual(briefs(evaluate(listed, NODE, THROUGH)), [
    `dropped if ${pass('chain missing of table filter')}`,
    `unknown unless ${pass('chain missing of table filter')}`
  ])
  const noNat: Rules = {
    ...listed,
    table: (name) => (name === 'nat' ? 'unknown' : listed.table(name)),
    chain: (table, name) =>
      name === 'missing' ? { policy: null, rules: [], complete: true } : listed.chain(table, name)
  }
  t.deepEqual(briefs(evaluate(noNat, NODE, THROUGH)), [
    `dropped if ${pass('table nat at PREROUTING')}`,
    `unknown unless ${pass('table nat at PREROUTING')}`
  ])
})

test('a chain the dump breaks off in may hold more rules', (t) => {
  const whole = rules('filter FORWARD -p udp -j DROP')
  const broken: Rules = {
    ...whole,
    chain: (table, name) => {
      const chain = whole.chain(table, name)
      return chain && { ...chain, complete: false }
    }
  }
  const outcomes = evaluate(broken, NODE, THROUGH)
  t.deepEqual(outcomes.map(({ verdict }) => verdict).sort(), ['accepted', 'unknown'])
  t.deepEqual(briefs(evaluate(broken, NODE, { ...THROUGH, protocol: 'udp' })), ['dropped'])
})

test('a chain that leads back to itself ends in unknown', (t) => {
  const [outcome, ...more] = send('filter FORWARD -j one\nfilter one -j two\nfilter two -j one')
  t.is(more.length, 0)
  t.is(outcome?.verdict, 'unknown')
  t.regex(outcome!.why, /one leads back to itself/)
})

test('a table absent from a whole dump does nothing', (t) => {
  t.deepEqual(briefs(send('filter INPUT -j DROP')), ['accepted 10.42.0.5:80'])
})

const RULE = fc.record({
  chain: fc.constantFrom('FORWARD', 'one', 'two'),
  match: fc.constantFrom(
    '',
    '-m statistic --mode random --probability 0.30000000028',
    '-m set --match-set a src',
    '-m set ! --match-set b src',
    '-m limit --limit 1/sec',
    '-m mark --mark 0x1/0x1',
    '-m statistic --mode nth --every 3 --packet 0'
  ),
  target: fc.constantFrom(
    '-j ACCEPT',
    '-j DROP',
    '-j RETURN',
    '-j MARK --set-xmark 0x1/0x0',
    '-j LOG',
    'call',
    '-j REJECT'
  )
})

test('whatever the rules, shares add up to one under every answer', (t) => {
  fc.assert(
    fc.property(fc.array(RULE, { maxLength: 9 }), (lines) => {
      const next: Readonly<Record<string, string>> = { FORWARD: '-j one', one: '-j two', two: '-j ACCEPT' }
      const text = [
        'filter one (empty)',
        'filter two (empty)',
        ...lines.map(
          ({ chain, match, target }) => `filter ${chain} ${match} ${target === 'call' ? next[chain] : target}`
        )
      ].join('\n')
      return sums(send(text)).every((sum) => Math.abs(sum - 1) < 1e-9)
    }),
    { numRuns: 300 }
  )
  t.pass()
})
