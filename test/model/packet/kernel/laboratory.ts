/**
 * A node between a client and a server, each in a network namespace of its own that vanishes with its process.
 * Nothing in them can reach the machine's network.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Host } from '../../../../src/model/packet/packet.ts'
import type { End, Order, Probe, Report } from './agent.ts'

/** Root, namespaces and iptables are needed. */
export function laboratoryMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root'
  for (const program of ['iptables-save', 'ip6tables-save']) {
    const tried = spawnSync('unshare', ['-n', program], { encoding: 'utf8' })
    if (tried.error || tried.status !== 0) return `unshare -n ${program}: ${tried.error?.message ?? tried.stderr}`
  }
  const veth = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two'], {
    encoding: 'utf8'
  })
  return veth.error || veth.status !== 0 ? `ip link add type veth: ${veth.error?.message ?? veth.stderr}` : undefined
}

type Unnumbered<T> = T extends Order ? Omit<T, 'id'> : never

export class Agent {
  readonly process: ChildProcess
  private readonly waiting = new Map<number, { resolve: (done: string) => void; reject: (error: Error) => void }>()
  private last = 0

  constructor(onEvent: (report: Report) => void) {
    const program = new URL('agent.js', import.meta.url).pathname
    this.process = spawn('unshare', ['-n', process.execPath, program], { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.process.stdout! }).on('line', (line) => {
      const report = JSON.parse(line) as Report
      if (!('id' in report)) return onEvent(report)
      const order = this.waiting.get(report.id)
      this.waiting.delete(report.id)
      if ('done' in report) order?.resolve(report.done)
      else order?.reject(new Error(report.failed))
    })
  }

  do(order: Unnumbered<Order>): Promise<string> {
    const id = ++this.last
    this.process.stdin!.write(`${JSON.stringify({ ...order, id })}\n`)
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }))
  }

  /** One program and its words, no shell. */
  run(line: string, input = ''): Promise<string> {
    const [file = '', ...args] = line.split(' ')
    return this.do({ order: 'run', file, args, input })
  }
}

export interface Seen {
  arrived?: { readonly at: End; readonly from: End }
  refused?: string
}

export const PORTS = [53, 80, 81, 8080] as const

/** What each namespace answers for. All are real addresses there; `virtual` ones live behind the server. */
export const WORLD = {
  4: {
    client: ['10.1.0.2', '10.1.0.3'],
    node: ['10.1.0.1', '10.1.0.9', '10.2.0.1'],
    loopback: ['127.0.0.1', '127.0.0.2'],
    server: ['10.2.0.2', '10.2.0.3', '10.2.0.4', '10.2.0.5'],
    virtual: ['10.9.0.2', '10.9.0.3', '10.9.0.4'],
    prefix: 24,
    clientNet: '10.1.0.0/24',
    serverNet: '10.2.0.0/24',
    virtualNet: '10.9.0.0/24'
  },
  6: {
    client: ['fd00:1::2', 'fd00:1::3'],
    node: ['fd00:1::1', 'fd00:2::1'],
    loopback: [],
    server: ['fd00:2::2', 'fd00:2::3', 'fd00:2::4', 'fd00:2::5'],
    virtual: ['fd00:9::2', 'fd00:9::3', 'fd00:9::4'],
    prefix: 64,
    clientNet: 'fd00:1::/64',
    serverNet: 'fd00:2::/64',
    virtualNet: 'fd00:9::/64'
  }
} as const

export const MAC = {
  client: '02:00:00:00:00:01',
  client0: '02:00:00:00:00:02',
  server0: '02:00:00:00:00:03',
  server: '02:00:00:00:00:04'
}

export class Laboratory {
  readonly seen = new Map<string, Seen>()
  readonly client: Agent
  readonly node: Agent
  readonly server: Agent

  constructor() {
    const note = (report: Report): void => {
      const tag = 'arrived' in report ? report.arrived : 'refused' in report ? report.refused : ''
      const seen = this.seen.get(tag) ?? {}
      this.seen.set(tag, seen)
      if ('arrived' in report) seen.arrived = { at: report.at, from: report.from }
      else if ('refused' in report) seen.refused = report.code
    }
    this.client = new Agent(note)
    this.node = new Agent(note)
    this.server = new Agent(note)
  }

  /** The usual world: see WORLD. */
  async build(): Promise<void> {
    await this.wire()
    for (const family of [4, 6] as const) await this.address(family)
    await this.listen()
  }

  /** Links, up and without addresses. */
  async wire(): Promise<void> {
    const { client, node, server } = this
    await Promise.all([client, node, server].map((agent) => agent.run('ip link set lo up')))
    await node.run(
      `ip link add client0 address ${MAC.client0} type veth peer name eth0 address ${MAC.client} netns ${client.process.pid}`
    )
    await node.run(
      `ip link add server0 address ${MAC.server0} type veth peer name eth0 address ${MAC.server} netns ${server.process.pid}`
    )
    for (const agent of [client, node, server]) await this.prepare(agent)
    for (const link of ['client0', 'server0']) await node.run(`ip link set ${link} up`)
    for (const agent of [client, server]) await agent.run('ip link set eth0 up')
  }

  /** Forwarding on; no second opinion of the kernel on source addresses; no rationing of ICMP errors. */
  private async prepare(agent: Agent): Promise<void> {
    const settings = [
      'net.ipv4.ip_forward=1',
      'net.ipv6.conf.all.forwarding=1',
      'net.ipv4.conf.all.rp_filter=0',
      'net.ipv4.conf.all.accept_local=1',
      'net.ipv4.conf.all.route_localnet=1',
      'net.ipv4.icmp_ratelimit=0',
      'net.ipv6.icmp.ratelimit=0'
    ]
    for (const setting of settings) await agent.run(`sysctl -q -w ${setting}`)
    for (const device of ['eth0', 'client0', 'server0']) {
      await agent.run(`sysctl -q -e -w net.ipv4.conf.${device}.rp_filter=0 net.ipv4.conf.${device}.accept_local=1`)
    }
  }

  private async address(family: 4 | 6): Promise<void> {
    const { client, node, server } = this
    const world = WORLD[family]
    const add = (agent: Agent, address: string, device: string) =>
      agent.run(`ip -${family} address add ${address}/${world.prefix} dev ${device}${family === 6 ? ' nodad' : ''}`)
    for (const address of world.client) await add(client, address, 'eth0')
    for (const address of world.server) await add(server, address, 'eth0')
    for (const address of world.virtual) await server.run(`ip -${family} address add ${address} dev lo`)
    for (const address of world.node) await add(node, address, deviceOf(address))
    await this.introduce(client, 'eth0', MAC.client0, world.node)
    await this.introduce(server, 'eth0', MAC.server0, world.node)
    await this.introduce(node, 'client0', MAC.client, world.client)
    await this.introduce(node, 'server0', MAC.server, world.server)
    await client.run(`ip -${family} route add default via ${world.node[0]}`)
    await server.run(`ip -${family} route add default via ${world.node.at(-1)}`)
    await node.run(`ip -${family} route add ${world.virtualNet} via ${world.server[0]}`)
  }

  /** Neighbour discovery passes through ip6tables: rules under test must not be able to stop it. */
  async introduce(agent: Agent, device: string, mac: string, addresses: readonly string[]): Promise<void> {
    for (const address of addresses)
      await agent.run(`ip neighbour replace ${address} lladdr ${mac} dev ${device} nud permanent`)
  }

  private async listen(): Promise<void> {
    const at = (addresses: readonly string[]) =>
      addresses.flatMap((address) => PORTS.map((port): End => [address, port]))
    const every = (pick: (world: (typeof WORLD)[4 | 6]) => readonly string[]) => [
      ...at(pick(WORLD[4])),
      ...at(pick(WORLD[6]))
    ]
    await this.client.do({ order: 'listen', at: every((world) => world.client) })
    await this.server.do({ order: 'listen', at: every((world) => [...world.server, ...world.virtual]) })
    await this.node.do({ order: 'listen', at: every((world) => [...world.node, ...world.loopback]) })
  }

  /** Sends from whoever has the source address; afterwards what became of each probe is in `seen`. */
  async send(probes: readonly Probe[], waitMs: number): Promise<void> {
    const from = (agent: Agent, addresses: readonly string[]) =>
      agent.do({ order: 'send', waitMs, probes: probes.filter((probe) => addresses.includes(probe.from[0])) })
    const own = [...WORLD[4].node, ...WORLD[4].loopback, ...WORLD[6].node]
    const server = [...WORLD[4].server, ...WORLD[6].server]
    await Promise.all([
      from(this.client, [...WORLD[4].client, ...WORLD[6].client]),
      from(this.node, own),
      from(this.server, server)
    ])
  }

  /** Until something is known of every probe, or patience ends: a busy machine may take its time. */
  async settled(tags: readonly string[], patienceMs = 5000): Promise<void> {
    for (let waited = 0; waited < patienceMs && !tags.every((tag) => this.seen.has(tag)); waited += 20) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  close(): void {
    for (const agent of [this.client, this.node, this.server]) agent.process.stdin!.end()
  }
}

function deviceOf(nodeAddress: string): string {
  return /^(10\.1\.|fd00:1:)/.test(nodeAddress) ? 'client0' : 'server0'
}

/** What snap would know of the node. */
export function nodeHost(sysctls: ReadonlyMap<string, string>): Host {
  const addresses = ([4, 6] as const).flatMap((family) =>
    WORLD[family].node.map((address) => ({ address, prefix: WORLD[family].prefix, interface: deviceOf(address) }))
  )
  const routes = ([4, 6] as const).flatMap((family) => [
    { destination: WORLD[family].clientNet, interface: 'client0' },
    { destination: WORLD[family].serverNet, interface: 'server0' },
    { destination: WORLD[family].virtualNet, interface: 'server0', gateway: WORLD[family].server[0] }
  ])
  return {
    addresses,
    routes,
    sysctls: new Map([['net.ipv4.ip_forward', '1'], ['net.ipv6.conf.all.forwarding', '1'], ...sysctls])
  }
}
