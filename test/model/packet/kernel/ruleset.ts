/** Random rulesets that iptables-restore takes, for packets of the laboratory's world. */
import type { Probe } from './agent.ts'
import { PORTS, WORLD } from './laboratory.ts'

export type Random = () => number

/** mulberry32: small, seeded, good enough to choose rules with. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Family = 4 | 6
type Table = 'raw' | 'mangle' | 'nat' | 'filter' | 'security'

const HOOKS: Readonly<Record<Table, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT']
}

export const NO_RULES = Object.entries(HOOKS)
  .map(([table, hooks]) => [`*${table}`, ...hooks.map((hook) => `:${hook} ACCEPT [0:0]`), 'COMMIT', ''].join('\n'))
  .join('')

/** NAT targets are bound to their hooks, so user chains of nat are kept apart by what they may hold. */
const BEFORE_ROUTING: ReadonlySet<string> = new Set(['PREROUTING', 'OUTPUT'])

const STATES = ['NEW', 'DNAT', 'SNAT', 'UNTRACKED', 'INVALID', 'ESTABLISHED', 'RELATED,ESTABLISHED,DNAT', 'NEW,SNAT']

const CONNMARKS = [
  '--set-xmark 0x1/0x1',
  '--or-mark 0x4000',
  '--save-mark',
  '--restore-mark',
  '--save-mark --nfmask 0xff --ctmask 0xff',
  '--restore-mark --nfmask 0x4000 --ctmask 0x4000'
]

export class Generator {
  private readonly random: Random
  private readonly family: Family

  /** Also matches and targets whose answer a dump does not tell. */
  private readonly wide: boolean

  constructor(random: Random, family: Family, wide = false) {
    this.random = random
    this.family = family
    this.wide = wide
  }

  ruleset(): string {
    return (Object.keys(HOOKS) as Table[]).map((table) => this.table(table)).join('')
  }

  probes(count: number, tag: (at: number) => string, sourcePort: () => number): Probe[] {
    const world = WORLD[this.family]
    const sources = [...world.client, ...world.client, ...world.node, ...world.loopback, ...world.server.slice(0, 1)]
    return Array.from({ length: count }, (_, at) => {
      const source = this.pick(sources)
      const loopback = source.startsWith('127.')
      const beyond = (world.server as readonly string[]).includes(source)
        ? world.client
        : [...world.virtual, ...world.virtual, ...world.server]
      const targets = [...beyond, ...world.node, ...(loopback ? world.loopback : [])]
      const from = [source, sourcePort()] as const
      return {
        tag: tag(at),
        from,
        to: [this.pick(targets.filter((each) => each !== source || !loopback)), this.pick(PORTS)] as const
      }
    })
  }

  private pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!
  }

  private maybe(chance: number): boolean {
    return this.random() < chance
  }

  private table(table: Table): string {
    const busy = table === 'nat' || table === 'filter' || this.maybe(table === 'mangle' ? 0.7 : 0.3)
    const lines = [`*${table}`]
    const rules: string[] = []
    for (const hook of HOOKS[table]) {
      const policy = table !== 'nat' && this.maybe(0.02) ? 'DROP' : 'ACCEPT'
      lines.push(`:${hook} ${policy} [0:0]`)
    }
    for (const kind of table === 'nat' ? ['early', 'late'] : ['any']) {
      const chains = [1, 2, 3].map((number) => `${kind}-${number}`)
      lines.push(...chains.map((chain) => `:${chain} - [0:0]`))
      if (!busy) continue
      const hooks = HOOKS[table].filter((hook) => kind === 'any' || (kind === 'early') === BEFORE_ROUTING.has(hook))
      for (const chain of [...hooks, ...chains]) rules.push(...this.chain(table, chain, chains, hooks))
    }
    return [...lines, ...rules, 'COMMIT', ''].join('\n')
  }

  /** A chain calls only chains after it. */
  private chain(table: Table, chain: string, chains: readonly string[], hooks: readonly string[]): string[] {
    const callable = chains.slice(chains.indexOf(chain) + 1)
    const count = Math.floor(this.random() * 5)
    return Array.from({ length: count }, () => {
      const [matches, target] = [this.matches(chain), this.target(table, chain, callable, hooks)]
      const twice = matches.startsWith('-p ') && target.startsWith('-p ')
      if (!twice) return `-A ${chain} ${matches}${target}`
      return `-A ${chain} ${matches.replace(/^-p \w+ /, '-p udp ')}${target.replace('-p udp ', '')}`
    })
  }

  private matches(chain: string): string {
    const count = this.pick([0, 1, 1, 1, 2, 2, 3])
    const words: string[] = []
    let ports = false
    const used = new Set<string>()
    for (let at = 0; at < count; at++) {
      const match = this.match(chain)
      const option = /-[-\w]+(?: \w+ (?:! )?--[-\w]+)?/.exec(match)![0].replace('! ', '')
      if (used.has(option)) continue
      used.add(option)
      ports ||= /port/.test(match) && !/ctorig|ctrepl/.test(match)
      words.push(match)
    }
    // Core options first, then the protocol, then matches: as a person writes them.
    words.sort((a, b) => Number(a.startsWith('-m')) - Number(b.startsWith('-m')))
    const protocol = ports || this.maybe(0.2) ? `-p ${ports || this.maybe(0.9) ? 'udp' : 'tcp'} ` : ''
    return protocol + words.map((each) => `${each} `).join('')
  }

  private undecided(chain: string): string | undefined {
    const not = this.maybe(0.25) ? '! ' : ''
    const early = ['PREROUTING', 'INPUT', 'FORWARD'].includes(chain)
    const hops = this.family === 4 ? 'ttl --ttl' : 'hl --hl'
    return this.pick(
      [
        '-m limit --limit 1000/sec',
        `-m length ${not}--length 20:100`,
        `-m ${hops}-${this.pick(['lt 64', 'gt 63', 'eq 64'])}`,
        `-m dscp ${not}--dscp ${this.pick(['0x00', '0x0a'])}`,
        `-m tos ${not}--tos 0x00`,
        `-m string ${not}--string ${this.pick(['legacy', 'nothing'])} --algo bm`,
        '-m time --timestart 00:00 --timestop 23:59',
        chain === 'PREROUTING' || chain === 'INPUT' ? '-m socket' : '',
        early ? `-m mac ${not}--mac-source ${this.pick(['02:00:00:00:00:01', '02:00:00:00:00:04'])}` : '',
        chain === 'OUTPUT' ? `-m owner ${not}--uid-owner 0` : '',
        '-m connbytes --connbytes 1: --connbytes-dir both --connbytes-mode packets',
        `-m hashlimit --hashlimit-upto ${this.pick(['1/hour', '100/sec'])} --hashlimit-name h${Math.floor(this.random() * 1e9)}`,
        `-m quota ${not}--quota ${this.pick(['1', '10000'])}`,
        '-m cpu --cpu 0',
        '-m connlimit --connlimit-above 5',
        `-m helper ${not}--helper ftp`,
        this.family === 4 ? '-m u32 --u32 "0>>28=4"' : '',
        chain === 'PREROUTING' ? '-m policy --dir in --pol none' : '',
        `-m connlabel ${not}--label 1`
      ].filter(Boolean)
    )
  }

  private match(chain: string): string {
    if (this.wide && this.maybe(0.3)) return this.undecided(chain)!
    const not = this.maybe(0.25) ? '! ' : ''
    const devices = ['client0', 'server0', 'lo', 'cl+', 'server+']
    const world = WORLD[this.family]
    const kinds: (() => string | undefined)[] = [
      () => `${not}-s ${this.network()}`,
      () => `${not}-d ${this.network()}`,
      () => `${not}-d ${this.pick([...world.virtual, ...world.server, ...world.node])}`,
      () =>
        chain === 'PREROUTING' || chain === 'INPUT' || chain === 'FORWARD'
          ? `${not}-i ${this.pick(devices)}`
          : undefined,
      () =>
        chain === 'POSTROUTING' || chain === 'OUTPUT' || chain === 'FORWARD'
          ? `${not}-o ${this.pick(devices)}`
          : undefined,
      () => `-m udp ${not}--dport ${this.ports(':')}`,
      () => `-m udp ${not}--sport ${this.pick(['1024:20000', ':32000', '30000:'])}`,
      () =>
        `-m multiport ${not}--${this.pick(['dports', 'ports'])} ${this.pick(['53,80', '80:81', '8080,53', '81', '1000:30000,53'])}`,
      () =>
        `-m addrtype ${not}--${this.pick(['dst', 'src'])}-type ${this.pick(['LOCAL', 'UNICAST', 'LOCAL', 'MULTICAST'])}`,
      () => `-m conntrack ${not}--ctstate ${this.pick(STATES)}`,
      () => `-m conntrack ${not}--ctorigdst ${this.network()}`,
      () => `-m conntrack ${not}--ctorigdstport ${this.ports(':')}`,
      () => `-m conntrack ${not}--ctrepl${this.pick(['src', 'dst'])} ${this.network()}`,
      () => `-m conntrack ${not}--ctreplsrcport ${this.ports(':')}`,
      () => `-m conntrack --ctdir ${this.pick(['ORIGINAL', 'REPLY'])}`,
      () => `-m mark ${not}--mark ${this.mark()}`,
      () => `-m mark ${not}--mark ${this.mark()}`,
      () => `-m connmark ${not}--mark ${this.mark()}`,
      () => `-m comment --comment "${this.pick(['a b', 'x', '-j DROP'])}"`,
      () =>
        `-m iprange ${not}--${this.pick(['src', 'dst'])}-range ${this.pick([world.client, world.server, world.virtual]).slice(0, 2).join('-')}`,
      () => `-m pkttype ${not}--pkt-type ${this.pick(['unicast', 'multicast'])}`
    ]
    return this.pick(kinds)() ?? this.match(chain)
  }

  private network(): string {
    const world = WORLD[this.family]
    const one = this.pick([...world.client, ...world.server, ...world.virtual, ...world.node])
    return this.pick([world.clientNet, world.serverNet, world.virtualNet, one, one])
  }

  private ports(separator: ':' | '-'): string {
    return this.pick(['53', '80', '81', '8080', `80${separator}81`, `53${separator}80`])
  }

  private mark(): string {
    return this.pick(['0x1/0x1', '0x0/0x1', '0x4000/0x4000', '0x2/0x3', '0x0', '0x4001/0xffff'])
  }

  private target(table: Table, chain: string, callable: readonly string[], hooks: readonly string[]): string {
    const early = hooks.every((hook) => BEFORE_ROUTING.has(hook))
    if (this.wide && table === 'mangle' && this.maybe(0.4)) return this.headerChange()
    const targets: (() => string | undefined)[] = [
      () => '-j ACCEPT',
      () => '-j RETURN',
      () => '',
      () => (callable.length > 0 ? `-${this.pick(['j', 'j', 'g'])} ${this.pick(callable)}` : undefined),
      () => (callable.length > 0 ? `-${this.pick(['j', 'j', 'g'])} ${this.pick(callable)}` : undefined),
      () => `-j MARK --set-xmark ${this.pick(['0x4000/0x4000', '0x4000/0x0', '0x1/0x3', '0x0/0xffffffff', '0x2/0x2'])}`,
      () => `-j MARK --${this.pick(['set', 'or', 'and', 'xor'])}-mark ${this.pick(['0x1', '0x4000', '0x3'])}`,
      () => `-j CONNMARK ${this.pick(CONNMARKS)}`,
      () =>
        table === 'filter'
          ? `-j REJECT${this.family === 4 ? this.pick(['', ' --reject-with icmp-admin-prohibited']) : ''}`
          : undefined,
      () => (table !== 'nat' && this.maybe(0.3) ? '-j DROP' : undefined),
      () => (table === 'raw' && this.maybe(0.5) ? '-j CT --notrack' : undefined),
      ...[1, 2, 3, 4].map(
        () => () => (table === 'nat' ? (early ? this.destinationNat() : this.sourceNat(chain, hooks)) : undefined)
      )
    ]
    return this.pick(targets)() ?? this.target(table, chain, callable, hooks)
  }

  private headerChange(): string {
    const hops = this.family === 4 ? 'TTL --ttl' : 'HL --hl'
    return this.pick([
      `-j ${hops}-${this.pick(['set 64', 'set 1', 'set 128', 'inc 1', 'dec 1', 'dec 63'])}`,
      `-j DSCP --set-dscp ${this.pick(['0x0a', '0x00'])}`,
      `-j TOS --set-tos ${this.pick(['0x10/0xff', '0x00/0xff'])}`,
      '-j NFLOG --nflog-group 5'
    ])
  }

  private destinationNat(): string {
    const world = WORLD[this.family]
    const address = this.pick([...world.server, ...world.server, ...world.node, ...world.client, ...world.virtual])
    const bare = this.family === 6 ? `[${address}]` : address
    const loopback = this.family === 4 ? [`-j DNAT --to-destination 127.0.0.1`] : []
    const net = world.serverNet
      .replace(/(::|\.0)\//, this.family === 4 ? '.4/' : '::4/')
      .replace(/\/.*/, this.family === 4 ? '/31' : '/127')
    return this.pick([
      `-j DNAT --to-destination ${address}`,
      `-p udp -j DNAT --to-destination ${bare}:${this.pick(PORTS)}`,
      `-p udp -j DNAT --to-destination ${bare}:80-81`,
      `-p udp -j DNAT --to-destination :${this.pick(PORTS)}`,
      `-j DNAT --to-destination ${world.server[0]}-${world.server[3]}`,
      `-p udp -j REDIRECT --to-ports ${this.ports('-').replace('53-80', '80-81')}`,
      '-j REDIRECT',
      `-j NETMAP --to ${net}`,
      ...loopback
    ])
  }

  private sourceNat(chain: string, hooks: readonly string[]): string {
    const world = WORLD[this.family]
    const strangers = this.family === 4 ? ['10.7.0.1', '10.7.0.9'] : ['fd00:7::1', 'fd00:7::9']
    const source = this.pick([...strangers, world.node[0]!])
    const bare = this.family === 6 ? `[${source}]` : source
    const snat = [
      `-j SNAT --to-source ${source}`,
      `-p udp -j SNAT --to-source ${bare}:${this.pick(['20000-30000', '1024-65000'])}`,
      `-j SNAT --to-source ${strangers.join('-')}`
    ]
    // MASQUERADE is for POSTROUTING alone; user chains here may be reached from INPUT too.
    const only = chain === 'POSTROUTING' || !hooks.includes('INPUT')
    const masquerade = ['', '', ' --random-fully'].map((how) => `-j MASQUERADE${how}`)
    return this.pick(only ? [...snat, ...masquerade, '-p udp -j MASQUERADE --to-ports 2000-9000'] : snat)
  }
}
