/** Random nftables rulesets, of every expression that is judged, for packets of the laboratory's world. */
import { PORTS, WORLD } from './laboratory.ts'
import type { Random } from './ruleset.ts'

type Family = 4 | 6

const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const
type HookName = (typeof HOOKS)[number]

const PRIORITIES = ['-350', '-300', '-150', '-110', '0', '0', '10', '50', '105']

export class NftGenerator {
  private readonly random: Random
  private readonly family: Family
  private table: 'ip' | 'ip6' | 'inet' = 'ip'

  constructor(random: Random, family: Family) {
    this.random = random
    this.family = family
  }

  ruleset(): string {
    const count = this.pick([1, 1, 2, 3])
    return Array.from({ length: count }, (_, at) => this.oneTable(`t${at}`)).join('')
  }

  private pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)]!
  }

  private maybe(chance: number): boolean {
    return this.random() < chance
  }

  private oneTable(name: string): string {
    this.table = this.maybe(0.5) ? 'inet' : this.family === 4 ? 'ip' : 'ip6'
    const address = this.family === 4 ? 'ipv4_addr' : 'ipv6_addr'
    const world = WORLD[this.family]
    const keys = this.some(6, () => `${this.address()} . ${this.protocol()} . ${this.pick(PORTS)}`)
    const lines = [
      `table ${this.table} ${name} {`,
      set(
        'hosts',
        address,
        '',
        this.some(4, () => this.address())
      ),
      set(
        'nets',
        address,
        'flags interval;',
        this.pick([[world.clientNet], [world.serverNet], [world.virtualNet, world.clientNet]])
      ),
      set('keys', `${address} . inet_proto . inet_service`, '', keys),
      set(
        'spans',
        `${address} . inet_service`,
        'flags interval;',
        this.some(
          3,
          () => `${this.pick([world.serverNet, world.virtualNet])} . ${this.pick(['53', '80-81', '8080'])}`
        ).slice(0, 1)
      ),
      `set seen { type ${address}; flags dynamic,timeout; timeout 1h; size 1000; }`,
      map(
        'verdicts',
        `${address} . inet_proto . inet_service : verdict`,
        '',
        keys.map((key) => `${key} : ${this.verdict(['u1', 'u2'])}`)
      ),
      map('ports', 'inet_service : verdict', 'flags interval;', [
        `53 : ${this.verdict(['u1'])}`,
        `80-90 : ${this.verdict(['u2'])}`,
        ...(this.maybe(0.5) ? [`* : ${this.verdict(['u2'])}`] : [])
      ]),
      map(
        'marks',
        `${address} : mark`,
        '',
        this.some(4, () => this.address()).map((each) => `${each} : ${this.pick(['0x1', '0x4000', '0x3'])}`)
      ),
      map(
        'homes',
        `${address} . inet_service : ${address} . inet_service`,
        '',
        this.some(5, () => `${this.pick([...world.virtual, ...world.server])} . ${this.pick(PORTS)}`).map(
          (each) => `${each} : ${this.pick(world.server)} . ${this.pick(PORTS)}`
        )
      ),
      this.chain('u2', '', [], undefined),
      this.chain('u1', '', ['u2'], undefined),
      this.natChain('d1', '', 'prerouting', []),
      this.natChain('s1', '', 'postrouting', [])
    ]
    for (const hook of HOOKS) {
      for (const at of [1, 2]) {
        if (this.maybe(at === 1 ? 0.55 : 0.2)) {
          const policy = this.maybe(0.06) ? 'drop' : 'accept'
          lines.push(
            this.chain(
              `${hook}${at}`,
              `type filter hook ${hook} priority ${this.pick(PRIORITIES)}; policy ${policy};`,
              ['u1', 'u2'],
              hook
            )
          )
        }
      }
      if (hook !== 'forward' && this.maybe(0.6)) {
        const early = hook === 'prerouting' || hook === 'output'
        const priority = this.pick(early ? ['-100', '-100', '-90', '-120'] : ['100', '100', '90', '300'])
        lines.push(
          this.natChain(`nat-${hook}`, `type nat hook ${hook} priority ${priority};`, hook, [early ? 'd1' : 's1'])
        )
      }
    }
    return [...lines, '}', ''].join('\n')
  }

  /** Different ones. */
  private some(most: number, make: () => string): string[] {
    return [...new Set(Array.from({ length: 1 + Math.floor(this.random() * most) }, make))]
  }

  private address(): string {
    const world = WORLD[this.family]
    return this.pick([...world.client, ...world.server, ...world.virtual, ...world.node])
  }

  private network(): string {
    const { clientNet, serverNet, virtualNet } = WORLD[this.family]
    return this.pick([clientNet, serverNet, virtualNet, this.address(), this.address()])
  }

  private protocol(): string {
    return this.pick(['udp', 'udp', 'udp', 'tcp'])
  }

  private verdict(chains: readonly string[]): string {
    const call = chains.length === 0 ? [] : [`jump ${this.pick(chains)}`, `goto ${this.pick(chains)}`]
    return this.pick(['accept', 'accept', 'return', 'continue', ...call, ...call, ...(this.maybe(0.3) ? ['drop'] : [])])
  }

  private chain(name: string, head: string, chains: readonly string[], hook: HookName | undefined): string {
    const count = Math.floor(this.random() * 5)
    const rules = Array.from({ length: count }, () => `${this.matches(hook)} ${this.action(chains, hook)}`)
    return [`chain ${name} {`, head, ...rules, '}'].filter(Boolean).join('\n')
  }

  private natChain(name: string, head: string, hook: HookName, chains: readonly string[]): string {
    const count = 1 + Math.floor(this.random() * 3)
    const rules = Array.from({ length: count }, () => {
      const l4 = this.pick([
        'meta l4proto udp',
        `udp dport ${this.pick(PORTS)}`,
        'meta l4proto udp th dport { 53, 80, 81 }'
      ])
      const shared = head === '' ? undefined : hook
      return `${this.matches(shared)} ${l4} ${this.translation(hook, head === '' ? undefined : hook, chains)}`
    })
    return [`chain ${name} {`, head, ...rules, '}'].filter(Boolean).join('\n')
  }

  private matches(hook: HookName | undefined): string {
    return Array.from({ length: this.pick([0, 1, 1, 1, 2, 2, 3]) }, () => this.match(hook)).join(' ')
  }

  private match(hook: HookName | undefined): string {
    const ip = this.family === 4 ? 'ip' : 'ip6'
    const not = this.maybe(0.25) ? '!= ' : ''
    const side = this.pick(['saddr', 'daddr'])
    const early = hook === 'prerouting' || hook === 'input' || hook === 'forward'
    const late = hook === 'postrouting' || hook === 'output' || hook === 'forward'
    const device = this.pick(['"client0"', '"server0"', '"lo"', '"cl*"', '{ "client0", "lo" }'])
    const world = WORLD[this.family]
    const range = this.pick([world.client, world.server, world.virtual]).slice(0, 2).join('-')
    return this.pick([
      `${ip} ${side} ${not}${this.network()}`,
      `${ip} daddr ${not}${this.pick([...world.virtual, ...world.server, ...world.node])}`,
      `${ip} ${side} ${not}{ ${this.some(3, () => this.address()).join(', ')} }`,
      `${ip} ${side} ${not}${range}`,
      `${ip} ${side} ${not}@${this.pick(['hosts', 'nets'])}`,
      `${ip} daddr . meta l4proto . th dport ${not}@keys`,
      `${ip} daddr . th dport ${not}@spans`,
      `meta l4proto ${not}${this.pick(['udp', 'tcp', '{ tcp, udp }'])}`,
      `udp dport ${not}${this.pick(['53', '80', '80-81', '{ 53, 8080 }', '{ 1-60, 81 }'])}`,
      `th sport ${this.pick(['1024-30000', '< 20000', '>= 30000'])}`,
      `meta mark ${this.pick(['0', '!= 0', '& 0x1 == 0x1', '& 0x4000 != 0x4000', '{ 0, 1, 0x4000 }', '> 2'])}`,
      `ct mark ${this.pick(['0', '& 0x1 == 0x1', '!= 0x4000'])}`,
      `ct state ${this.pick(['new', 'new,established', '!= new', '{ new, untracked }', 'invalid,untracked', 'established,related', '! invalid'])}`,
      `ct status ${this.pick(['dnat', '! dnat', 'snat', 'confirmed', 'dnat,snat', '! snat,dnat'])}`,
      `ct direction ${this.pick(['original', 'original', 'reply'])}`,
      `ct original ${ip} ${side} ${not}${this.network()}`,
      `fib ${side} type ${not}${this.pick(['local', 'local', 'unicast', '{ local, broadcast }'])}`,
      early ? `iifname ${not}${device}` : `${ip} ${side} ${this.network()}`,
      late ? `oifname ${not}${device}` : `${ip} ${side} ${this.network()}`,
      early ? `iif ${not}"${this.pick(['client0', 'server0', 'lo'])}"` : 'meta l4proto udp',
      hook === 'output' ? 'meta skuid 0' : `meta pkttype ${not}unicast`,
      this.table === 'inet'
        ? `meta nfproto ${not}${this.pick(['ipv4', 'ipv6'])}`
        : `${ip} ${this.family === 4 ? 'protocol' : 'nexthdr'} udp`,
      `numgen random mod 3 ${this.pick(['0', '< 2', '!= 1'])}`,
      `jhash ${ip} saddr . th sport mod 3 ${this.pick(['0', '1-2'])}`,
      `${ip} saddr @seen`,
      'limit rate 1000/second',
      'counter'
    ])
  }

  private action(chains: readonly string[], hook: HookName | undefined): string {
    const ip = this.family === 4 ? 'ip' : 'ip6'
    const calls = chains.length === 0 ? 'accept' : this.verdict(chains)
    const values = (first: string, second: string) =>
      `{ ${first} : ${this.verdict(chains)}, ${second} : ${this.verdict(chains)} }`
    return this.pick([
      this.verdict(chains),
      `counter ${calls}`,
      calls,
      chains.includes('u1') ? `${ip} daddr . meta l4proto . th dport vmap @verdicts` : calls,
      chains.includes('u1') ? 'udp dport vmap @ports' : calls,
      `${ip} saddr vmap ${values(this.pick(WORLD[this.family].client), this.pick(WORLD[this.family].node))}`,
      `ct state vmap ${values('new', 'invalid')}`,
      `numgen random mod 4 vmap ${values('0', '1-2')}`,
      `numgen inc mod 2 vmap ${values('0', '1')}`,
      `symhash mod 2 vmap ${values('0', '1')}`,
      `jhash ${ip} saddr mod 4 vmap ${values('0-1', '2-3')}`,
      `meta mark set ${this.pick(['0x1', '0x4000', 'meta mark | 0x4000', 'meta mark & 0xfffffffe', 'meta mark ^ 0x3', 'ct mark'])}`,
      `meta mark set ${ip} ${this.pick(['saddr', 'daddr'])} map @marks`,
      `meta mark set numgen random mod 2 map { 0 : 0x1, 1 : 0x2 }`,
      `ct mark set ${this.pick(['0x1', 'meta mark', 'ct mark | 0x4000'])}`,
      `update @seen { ${ip} saddr }`,
      `add @seen { ${ip} saddr timeout 10m } ${calls}`,
      'log',
      hook !== undefined && this.maybe(0.5) ? 'notrack' : 'counter',
      hook === 'input' || hook === 'forward' || hook === 'output'
        ? this.maybe(0.4)
          ? 'reject'
          : 'accept'
        : 'continue',
      hook === 'output' ? 'accept' : `${ip} ${this.family === 4 ? 'dscp' : 'dscp'} set cs1`
    ])
  }

  private translation(hook: HookName, own: HookName | undefined, chains: readonly string[]): string {
    const world = WORLD[this.family]
    const ip = this.family === 4 ? 'ip' : 'ip6'
    const to = this.table === 'inet' ? ` ${ip} to` : ' to'
    const bare = (address: string) => (this.family === 6 ? `[${address}]` : address)
    const server = this.pick([...world.server, ...world.server, ...world.node])
    if (hook === 'prerouting' || hook === 'output') {
      return this.pick([
        `dnat${to} ${server}`,
        `dnat${to} ${bare(server)}:${this.pick(PORTS)}`,
        `dnat ${ip} to ${ip} daddr . th dport map @homes`,
        `dnat ${ip} to numgen random mod 3 map { 0 : ${world.server[0]} . 80, 1 : ${world.server[1]} . 81, 2 : ${world.server[2]} . 53 }`,
        `dnat${to} ${ip} daddr map { ${world.virtual[0]} : ${world.server[3]}, ${world.virtual[1]} : ${world.server[1]} }`,
        `dnat${to} jhash ${ip} saddr mod 2 map { 0 : ${world.server[0]}, 1 : ${world.server[1]} }`,
        `redirect to :${this.pick(['80', '80-81', '8080'])}`,
        'redirect',
        this.verdict(chains)
      ])
    }
    const stranger = this.family === 4 ? '10.7.0.1' : 'fd00:7::1'
    const masquerade =
      own === 'input' || (own === undefined && chains.length === 0)
        ? `snat${to} ${stranger}`
        : this.pick(['masquerade', 'masquerade fully-random', 'masquerade random'])
    return this.pick([
      masquerade,
      masquerade,
      `snat${to} ${this.pick([stranger, world.node[0]!])}`,
      `snat${to} ${bare(stranger)}:20000-30000`,
      `snat${to} ${ip} saddr map { ${world.client[0]} : ${stranger}, ${world.client[1]} : ${world.node[0]} }`,
      this.verdict(chains)
    ])
  }
}

function set(name: string, type: string, flags: string, elements: readonly string[]): string {
  return `set ${name} { type ${type}; ${flags} elements = { ${elements.join(', ')} } }`
}

function map(name: string, type: string, flags: string, elements: readonly string[]): string {
  return set(name, type, flags, elements).replace(/^set/, 'map')
}
