/** snap rules on what nft listed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { snap, temporaryFolder } from '../support/cli.ts'

const JSON_RULESET = JSON.stringify({
  nftables: [
    { metainfo: { version: '1.0.6' } },
    { table: { family: 'inet', name: 'fw', handle: 1 } },
    { chain: { family: 'inet', table: 'fw', name: 'in', type: 'filter', hook: 'input', prio: 0, policy: 'drop' } },
    {
      rule: {
        family: 'inet',
        table: 'fw',
        chain: 'in',
        expr: [
          { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'lo' } },
          { counter: { packets: 5, bytes: 60 } },
          { accept: null }
        ]
      }
    }
  ]
})

const TEXT = `table inet fw {
	chain in {
		type filter hook input priority 0; policy drop;
		meta iifname "lo" counter packets 5 bytes 60 accept
	}
}
`

test('a listing of nft, text or JSON, is printed for nft -f', async (t) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'a.json'), JSON_RULESET)
  await writeFile(join(folder, 'a.txt'), TEXT)
  for (const args of [
    ['a.json', '-o', 'nft'],
    ['a.txt', '-o', 'nft'],
    ['a.txt', '-t', 'inet fw', '--chain', 'in']
  ]) {
    const { stdout, stderr, status } = await snap(folder, ['rules', '--dump', ...args])
    t.deepEqual({ stdout, stderr, status }, { stdout: TEXT, stderr: '', status: 0 })
  }
})

test('what cannot be printed so is told', async (t) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'a.txt'), TEXT)
  await writeFile(join(folder, 'save.txt'), '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n')
  const cases: [string[], RegExp][] = [
    [['--dump', 'a.txt', '-o', 'json'], /a\.txt: is an nft ruleset, which is printed as nft itself does; give -o nft/],
    [['--dump', 'a.txt', '--chain', 'out'], /a\.txt: has no chain out/],
    [['--dump', 'save.txt', '-o', 'nft'], /save\.txt: holds no nft table/],
    [['--node', 'n', '-o', 'nft'], /name it with --dump/]
  ]
  for (const [args, message] of cases) {
    const { status, stderr } = await snap(folder, ['rules', ...args])
    t.is(status, 2)
    t.regex(stderr, message)
  }
})

test('a name or a comment of JSON that nft could not read is no statement of the ruleset', async (t) => {
  const folder = await temporaryFolder()
  const evil = 'a"\n\tflush ruleset # \u001b[2J'
  const rule = { family: 'ip', table: 'a', chain: 'c', expr: [{ accept: null }], comment: evil }
  const nftables = [
    { table: { family: 'ip', name: evil } },
    { table: { family: 'ip', name: 'a' } },
    { chain: { family: 'ip', table: 'a', name: evil } },
    { chain: { family: 'ip', table: 'a', name: 'c', comment: evil } },
    { set: { family: 'ip', table: 'a', name: evil, type: 'ipv4_addr', comment: evil } },
    { rule }
  ]
  await writeFile(join(folder, 'hostile.json'), JSON.stringify({ nftables }))
  const { status, stdout, stderr } = await snap(folder, ['rules', '--dump', 'hostile.json', '-o', 'nft'])
  t.is(status, 0, stderr)
  t.notRegex(stdout, /^\s*flush/m)
  t.notRegex(stdout, /[^\n\t\P{Cc}]/u)
})
