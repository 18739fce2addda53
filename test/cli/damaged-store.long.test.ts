/** Flipped bits in a store's file: each command answers, or names the damage in one line; none is a defect of snap. SNAP_FLIPS: how many files. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { randomStream } from '../../scripts/bench/random.ts'
import { importedSamples, root, snap } from '../support/cli.ts'

const FILES = Number(process.env.SNAP_FLIPS ?? 6)
const COMMANDS: readonly (readonly string[])[] = [
  ['fsck'],
  ['check', '-s', 'latest', '-o', 'csv'],
  ['diff', '2026-11-22', 'latest'],
  ['report', '--html', 'report.html', '-s', 'latest'],
  ['trace', 'http://kube-master:8087', '-s', 'latest'],
  ['sql', 'select max(text), max(comment) from rules, ipset_members'],
  ['log', 'service/traefik-ns/traefik'],
  ['prune', '--keep', '1 latest', '--archive', 'none'],
  ['import', join(root, 'snapshots/2026-11-22T12-00-00Z')],
  ['get', 'services', '-s', 'latest'],
  ['flows', '-s', 'latest'],
  ['blame', 'KUBE-SERVICES', '--node', 'kube-master']
]

test('every command answers or names the damage', async (t) => {
  const folder = await importedSamples()
  const store = join(folder, 'snap.db')
  const whole = readFileSync(store)
  const next = randomStream(Number(process.env.SNAP_SEED ?? 1))
  for (let file = 0; file < FILES; file++) {
    const damaged = Buffer.from(whole)
    // Anywhere, or at the head of a page, where SQLite says what is in it.
    const at = Array.from({ length: 8 }, () => {
      const place = Math.floor(next() * damaged.length)
      return file % 2 === 0 ? place : place - (place % 4096) + (place % 12)
    })
    for (const place of at) damaged[place]! ^= 1 << Math.floor(next() * 8)
    for (const command of [COMMANDS[file % COMMANDS.length]!, COMMANDS[(file * 5 + 3) % COMMANDS.length]!]) {
      for (const beside of ['-wal', '-shm']) rmSync(store + beside, { force: true })
      writeFileSync(store, damaged)
      const { status, stderr } = await snap(folder, command)
      t.true([0, 1, 2, 3].includes(status), `${command.join(' ')} with bits flipped at ${at}: ${status}\n${stderr}`)
      if (status === 2) t.regex(stderr, /^snap: \S.*\n$/m)
    }
  }
})
