import { readRow } from '../../../src/parse/iptables/row.ts'
import { readShared, testWithCaptures } from './shared.ts'

/** What `-L -n` leaves out of these modules; the rule says so in `unreadable`. */
const LOSSY = /-m (?:hashlimit|osf|quota) /
/** A range of all ports is not shown; it asks for nothing. */
const ALL_PORTS = '-p dccp -m dccp --dport 0:65535'

testWithCaptures('every wording of -L -n means what save prints', (t) => {
  const pairs = readShared('reference/save-vs-L.tsv')
    .toString()
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t') as [string, string, string, string])
  let lossy = 0
  for (const [, , save, row] of pairs) {
    const rule = readRow(row, { number: false, counters: false, exact: true })
    if (!rule) {
      t.fail(`not read: ${row}`)
      continue
    }
    t.deepEqual(rule.unknown, [], row)
    if (rule.unreadable.includes('match')) {
      t.regex(save, LOSSY)
      lossy++
    } else if (save !== ALL_PORTS) t.is(rule.text, save.replace(/(?:! )?-[io] \S+ ?/g, '').trim(), row)
  }
  t.true(pairs.length > 500 && lossy < 40)
})
