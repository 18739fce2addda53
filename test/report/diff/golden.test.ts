/**
 * The captured week, each pair of days: what is printed, word for word. The files were read by a person. After a change on purpose:
 * SNAP_WRITE_GOLDEN=1 npx ava dist/test/report/diff/golden.test.js, and read what changed in them.
 */
import test from 'ava'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diffSnapshots } from '../../../src/ask/diff/diff.ts'
import { diffText } from '../../../src/report/diff/text.ts'
import type { Store } from '../../../src/store/open.ts'
import { hasCaptures } from '../../support/capture.ts'
import { root } from '../../support/cli.ts'
import { dayName, weekStore } from '../../support/week.ts'

const whenCaptured = hasCaptures ? test : test.skip

let week: Promise<Store> | undefined

async function printed(before: number, after: number): Promise<string> {
  const store = await (week ??= weekStore())
  return diffText(diffSnapshots(store, { id: before, name: dayName(before) }, { id: after, name: dayName(after) }), { rules: false })
}

function golden(name: string, text: string): string {
  const file = join(root, 'test/report/diff/golden', name)
  if (process.env.SNAP_WRITE_GOLDEN) writeFileSync(file, text)
  return readFileSync(file, 'utf8')
}

for (let day = 2; day <= 7; day++) {
  whenCaptured(`day ${day}`, async (t) => {
    const text = await printed(day - 1, day)
    t.is(text, golden(`day${day}.txt`, text))
  })
}

whenCaptured('the beginnings of all pairs of days', async (t) => {
  const heads: string[] = []
  for (let before = 1; before <= 7; before++) {
    // The headline, and the events where the diff is long.
    for (let after = 1; after <= 7; after++) heads.push((await printed(before, after)).split(/\n\n(?!IN SHORT)/)[0]!.trimEnd())
  }
  const text = `${heads.join('\n\n')}\n`
  t.is(text, golden('beginnings.txt', text))
})
