/** A statement of the user's ends: by the time that it was given, or by the size of its answer. */
import test from 'ava'
import { openStore } from '../../src/store/open.ts'
import { snap, temporaryFolder } from '../support/cli.ts'

const folder = await temporaryFolder()
openStore(`${folder}/snap.db`).close()
const ENDLESS = 'with recursive n(x) as (select 1 union all select x + 1 from n) '

test('a statement that never ends is ended when its time is over', async (t) => {
  const { status, stdout, stderr } = await snap(folder, ['sql', '--timeout', '1', `${ENDLESS}select count(*) from n`])
  t.is(stderr, 'snap: sql: no answer within 1 s (--timeout)\n')
  t.is(status, 2)
  t.is(stdout, '')
})

test('one that ends in time is answered as without a time', async (t) => {
  for (const query of ["select 'a' as x, 1 as y", '-- a comment\nvalues (1)', 'nonsense', 'delete from _snapshot'])
    t.deepEqual(
      await snap(folder, ['sql', '--timeout=60', '-o', 'csv', query]),
      await snap(folder, ['sql', '-o', 'csv', query])
    )
})

test('an answer that never ends is refused by its size', async (t) => {
  const { status, stderr } = await snap(folder, ['sql', `${ENDLESS}select zeroblob(1000000) from n`])
  t.regex(stderr, /^snap: sql: the answer is larger than 256 MB, after 268 rows; ask for fewer rows or columns\n$/)
  t.is(status, 2)
})

for (const time of ['0', '-1', 'x', '1e9', ''])
  test(`--timeout ${time} is no time`, async (t) => {
    t.is((await snap(folder, ['sql', `--timeout=${time}`, 'select 1'])).status, 2)
  })
