/** snap trace in a node's nft ruleset: text, JSON, beside an iptables dump, and what is no ruleset. */
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { snap, temporaryFolder } from '../support/cli.ts'

const RULESET = `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.43.0.10 . udp . 53 : goto service-dns }
	}

	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
	}

	chain service-dns {
		meta l4proto udp dnat ip to numgen random mod 2 map { 0 : 10.42.0.4 . 53, 1 : 10.42.1.5 . 53 }
	}

	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}
}
`

const FILTER = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n-A FORWARD -d 10.42.1.5/32 -j DROP\nCOMMIT\n'

interface Answer {
  readonly outcomes: readonly { verdict: string; destination: string | null; share: number; assumptions: string[] }[]
}

async function ask(files: Readonly<Record<string, string>>, ...args: string[]): Promise<Answer> {
  const folder = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return JSON.parse((await snap(folder, ['trace', ...args, '-o', 'json'])).stdout) as Answer
}

function ends({ outcomes }: Answer): unknown {
  return outcomes.map(({ verdict, share }) => `${verdict} ${share}`).sort()
}

const QUESTION = ['10.43.0.10:53', '--proto', 'udp', '--node-ip', '192.168.0.2']

test('an nft ruleset by --nft, or by --dump', async (t) => {
  const [named, dumped] = await Promise.all([
    ask({ 'node.nft': RULESET }, ...QUESTION, '--nft', 'node.nft'),
    ask({ 'node.nft': RULESET }, ...QUESTION, '--dump', 'node.nft')
  ])
  t.deepEqual(ends(named), ['accepted 0.5', 'accepted 0.5'])
  t.deepEqual(dumped, named)
  t.true(named.outcomes[0]!.assumptions.some((each) => each.startsWith('no rules of iptables-legacy act')))
})

test('an nft ruleset and an iptables dump: a packet meets both', async (t) => {
  const answer = await ask(
    { 'node.nft': RULESET, 'save.txt': FILTER },
    ...QUESTION,
    '--nft',
    'node.nft',
    '--dump',
    'save.txt'
  )
  t.deepEqual(ends(answer), ['accepted 0.5', 'dropped 0.5'])
})

test('what is no ruleset, and two of them, are told', async (t) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'node.nft'), RULESET)
  await writeFile(join(folder, 'no.txt'), 'hello\n')
  const none = await snap(folder, ['trace', ...QUESTION, '--nft', 'no.txt'])
  t.is(none.status, 2)
  t.regex(none.stderr, /no\.txt is no nft ruleset; give what nft list ruleset/)
  const two = await snap(folder, ['trace', ...QUESTION, '--nft', 'node.nft', '--dump', 'node.nft'])
  t.is(two.status, 2)
  t.regex(two.stderr, /node\.nft is an nft ruleset, and so is --nft/)
})

const captures = new URL('../../../../shared/captures/k8s-1.36/nftables/kube-worker2/', import.meta.url)
const withCaptures = existsSync(captures) ? test : test.skip

withCaptures(
  `a real node: text and JSON give one answer${existsSync(captures) ? '' : ' (skipped: no ../shared/captures)'}`,
  async (t) => {
    const read = (file: string) => readFileSync(new URL(file, captures), 'utf8')
    const files = {
      'save.txt': read('iptables-save.txt'),
      'a.txt': read('nft-list-ruleset.txt'),
      'a.json': read('nft-list-ruleset.json')
    }
    for (const destination of ['10.43.0.10:53', '10.43.99.34:8087', '10.43.0.99:80', '10.43.0.10:54']) {
      const question = [destination, '--node-ip', '141.75.148.140,10.42.2.1', '--dump', 'save.txt']
      const [text, json] = await Promise.all([
        ask(files, ...question, '--nft', 'a.txt'),
        ask(files, ...question, '--nft', 'a.json')
      ])
      t.deepEqual(ends(json), ends(text), destination)
      t.true(
        text.outcomes.every(({ verdict }) => verdict !== 'unknown'),
        destination
      )
    }
  }
)
