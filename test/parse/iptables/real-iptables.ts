/**
 * Runs inside a network namespace of its own (`unshare -n node real-iptables.js SOURCE BACKEND FAMILY`): loads every rule
 * of the iptables package's own test lists that this kernel takes, and prints as JSON what each listing says about them.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { decodeBytes, encodeBytes } from '../../../src/parse/iptables/bytes.ts'

export const BACKENDS = ['legacy', 'nft'] as const
export const FAMILIES = ['4', '6'] as const
export const TABLES = ['filter', 'nat', 'mangle', 'raw', 'security'] as const

export interface RealDumps {
  readonly loaded: number
  readonly refused: number
  readonly save: string
  readonly saveCounted: string
  /** By table, then by the options after `iptables -t TABLE`. */
  readonly lists: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The rules of `ODD` that were taken, and what -save -c, -S -v and -L -n -v -x then print. */
  readonly odd: {
    readonly taken: readonly (readonly string[])[]
    readonly save: string
    readonly spec: string
    readonly list: string
  }
}

/** Rules in more than one physical line, with quotes, with bytes that are no UTF-8, with names printed raw. */
const TRICKY = [
  '-m comment --comment "two  blanks \\" quote \\\\ backslash \' apostrophe"',
  '-m comment --comment ""',
  '-m comment --comment "--comment"',
  '-m comment --comment "a */ ctstate NEW /* b" -j ACCEPT',
  '-m comment --comment first -m comment --comment second -j DROP',
  '-m comment --comment "\u{10ffff}\u{10fffe}\u{10ff80} bad"',
  '-m comment --comment "日本 é"',
  '-j LOG --log-prefix "it\'s "',
  '-p tcp -m tcp -j DROP',
  '-p 47 -j ACCEPT',
  '-p 2',
  '! -p tcp -j ACCEPT',
  '-p tcp -m multiport ! --dports 80,443 -j ACCEPT',
  '-m mark ! --mark 0x1/0xff -j RETURN',
  '-m statistic --mode random --probability 0.33333333349 -j RETURN',
  '-m addrtype ! --dst-type LOCAL',
  '-m conntrack ! --ctstate INVALID',
  '-m limit --limit 5/min --limit-burst 7 -j LOG --log-prefix "x: " --log-level 7 --log-tcp-sequence --log-ip-options --log-uid',
  '-i eth0 ! -o docker0 -j ACCEPT',
  '-i veth+ -m physdev ! --physdev-is-bridged',
  '-i + -o averylongname15',
  '-m owner ! --uid-owner 0-99',
  '-m recent --rcheck --seconds 60 --reap --hitcount 4 --name X --rsource',
  '-m recent ! --update --seconds 60 --name ssh --rdest',
  '-m iprange ! --src-range 10.0.0.1-10.0.0.9',
  '-m string --string "it\'s" --algo bm --from 3 --to 500',
  '-m string --hex-string "|e697a5|" --algo kmp --icase',
  '-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN --tcp-option 8',
  '-j MARK --set-xmark 0x4000/0x0',
  '-j MARK --set-xmark 0x1/0xffffffff',
  '-j MARK --set-xmark 0x5/0xf',
  '-j MARK --set-xmark 0x0/0x4000',
  '-j CONNMARK --set-xmark 0x5/0xf',
  '-j CONNMARK --set-xmark 0x5/0xffffffff',
  '-g T-elsewhere',
  '-p tcp -g T-elsewhere',
  '-j T-elsewhere',
  '-m hashlimit --hashlimit-upto 5/min --hashlimit-burst 9 --hashlimit-mode srcip,dstport --hashlimit-name h',
  '-m connbytes ! --connbytes 10:20 --connbytes-dir both --connbytes-mode bytes',
  '-m conntrack --ctstate NEW,RELATED --ctdir ORIGINAL ! --ctorigdstport 80:90',
  '-m set ! --match-set KUBE-LOOP src',
  '-j CT --zone-orig 3',
  '-j CT --helper ftp',
  '-m u32 ! --u32 "0x0=0x1"',
  '-m length --length 5:',
  '-m time --weekdays Mon,Tue',
  '-m tcp -p tcp --dport 80 -m tcp --sport 1:5',
  '-m icmp -p icmp --icmp-type 3/4',
  '-p icmp -m icmp ! --icmp-type 8',
  '-m bpf --bytecode "1,6 0 0 0"',
  '-j NFLOG --nflog-prefix "a b" --nflog-group 5 --nflog-size 10 --nflog-threshold 3',
  '-j REJECT',
  '-j SET --add-set foo src --exist --timeout 60',
  '-m time --timestart 10:00 --timestop 12:00',
  '-m cpu --cpu 1 -m realm --realm 5',
  '-m quota --quota 100',
  '-m policy --dir out --pol none',
  '-m nfacct --nfacct-name x'
]

/** What iptables-restore cannot read back; given as arguments, into a chain of table raw. */
export const ODD: readonly (readonly string[])[] = [
  ['-m', 'comment', '--comment', 'x\nCOMMIT\n*nat\n:EVIL ACCEPT [0:0]\n-A INPUT -j DROP', '-j', 'ACCEPT'],
  ['-m', 'comment', '--comment', 'a "quoted"\n\nword\\', '-j', 'ACCEPT'],
  [
    '-m',
    'comment',
    '--comment',
    '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n',
    '-j',
    'ACCEPT'
  ],
  ['-m', 'comment', '--comment', '\t\r\x1b[31m', '-j', 'ACCEPT'],
  ['-m', 'comment', '--comment', '-c 1 2', '-j', 'ACCEPT'],
  ['-m', 'comment', '--comment', '!', '-j', 'ACCEPT'],
  ['-i', 'q"if', '-j', 'ACCEPT'],
  ['!', '-i', '!x', '-j', 'DROP'],
  ['-i', '*', '-j', 'ACCEPT'],
  ['-m', 'string', '--string', 'a "b" \\c', '--algo', 'bm'],
  ['-m', 'string', '!', '--string', '!', '--algo', 'bm'],
  ['-j', 'ACCEPT']
]

/** File → table → rules that the list says can be loaded. */
function rulesOf(source: string, family: string): Map<string, [table: string, rule: string][]> {
  const folder = join(source, 'extensions')
  const own = family === '4' ? 'libipt_' : 'libip6t_'
  const byFile = new Map<string, [string, string][]>()
  for (const file of readdirSync(folder).sort()) {
    if (
      !file.endsWith('.t') ||
      !(file.startsWith(own) || file.startsWith('libxt_') || file === `ip${family === '4' ? '' : '6'}tables.t`)
    )
      continue
    const rules: [string, string][] = []
    let tables = ['filter']
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      if (line.startsWith('*')) tables = line.slice(1).trim().split(',')
      else if (/^[^:#%@*]/.test(line)) {
        const [rule, , result] = line.split(';') as [string, string?, string?]
        if (result?.trim() === 'OK') for (const table of tables) rules.push([table, rule])
      }
    }
    byFile.set(file.replace(/\.t$/, ''), rules)
  }
  byFile.set(
    'tricky',
    TRICKY.flatMap((rule) => ['filter', 'mangle'].map((table): [string, string] => [table, rule]))
  )
  byFile.set(
    'nat',
    [
      '-p tcp -m tcp -j DNAT --to-destination 10.42.2.245:8087',
      '-j MASQUERADE --random-fully',
      '-p udp -j REDIRECT --to-ports 53 --random'
    ].map((rule): [string, string] => [
      'nat',
      rule.replace('10.42.2.245', family === '4' ? '10.42.2.245' : '[fd00::1]')
    ])
  )
  return byFile
}

function load(program: string, rules: readonly [string, string][], chain: string, seed: number): boolean {
  const text = TABLES.filter((table) => rules.some((rule) => rule[0] === table))
    .map((table) => {
      const lines = rules
        .filter((rule) => rule[0] === table)
        .map(([, rule], index) => `[${counter(seed + index)}:${counter(seed * 3 + index)}] -A ${chain} ${rule}\n`)
      return `*${table}\n:${chain} - [0:0]\n:T-elsewhere - [0:0]\n${lines.join('')}COMMIT\n`
    })
    .join('')
  return spawnSync(program, ['--noflush', '--counters'], { input: encodeBytes(text) }).status === 0
}

/** Counts of every magnitude, so that the K, M, G and T of -v all occur. */
function counter(seed: number): number {
  return ((seed * 7919) % 97) * 10 ** (seed % 13) + (seed % 7)
}

function main(source: string, backend: string, family: string): RealDumps {
  const iptables = `${family === '4' ? 'iptables' : 'ip6tables'}-${backend}`
  let loaded = 0
  let refused = 0
  let number = 0
  for (const [file, rules] of rulesOf(source, family)) {
    number++
    const chain = `T-${file}`.slice(0, 28)
    if (load(`${iptables}-restore`, rules, chain, number)) {
      loaded += rules.length
      continue
    }
    for (const [index, rule] of rules.entries()) {
      if (load(`${iptables}-restore`, [rule], `${chain}-${index}`.slice(-28), number + index)) loaded++
      else refused++
    }
  }
  const run = (program: string, ...args: string[]) =>
    decodeBytes(spawnSync(program, args, { maxBuffer: 1 << 28 }).stdout)
  const lists: Record<string, Record<string, string>> = {}
  for (const table of TABLES) {
    lists[table] = {}
    for (const options of ['-S', '-S -v', '-L -n', '-L -n -v', '-L -n -v -x --line-numbers']) {
      lists[table][options] = run(iptables, '-t', table, ...options.split(' '))
    }
  }
  const dumps = { loaded, refused, save: run(`${iptables}-save`), saveCounted: run(`${iptables}-save`, '-c'), lists }
  spawnSync(iptables, ['-t', 'raw', '-N', 'T-odd'])
  const taken = ODD.filter((rule) => spawnSync(iptables, ['-t', 'raw', '-A', 'T-odd', ...rule]).status === 0)
  const listed = (...options: string[]) => run(iptables, '-t', 'raw', ...options)
  const odd = {
    taken,
    save: run(`${iptables}-save`, '-c', '-t', 'raw'),
    spec: listed('-S', '-v'),
    list: listed('-L', '-n', '-v', '-x')
  }
  return { ...dumps, odd }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [source, backend, family] = process.argv.slice(2) as [string, string, string]
  process.stdout.write(JSON.stringify(main(source, backend, family)))
}
