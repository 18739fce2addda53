/** A real 1.20 cluster's objects (three nodes, k3s's load balancer, Traefik), behind the tests' own API server and the real kubectl. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { openSnapshot, type Snapshot } from '../../src/archive/open.ts'
import { createSnapshot } from '../../src/archive/writer.ts'
import { apiThroughKubectl } from '../../src/collect/api/kubectl-proxy.ts'
import { type Collected, collect } from '../../src/collect/collect.ts'
import type { CollectOptions } from '../../src/collect/options.ts'
import type { Ports, Run } from '../../src/collect/ports.ts'
import { run } from '../../src/collect/run.ts'
import type { ExecAnswer, ExecCall } from '../api-server/exec.ts'
import { type ApiObject, type ApiServer, type ApiServerOptions, startApiServer } from '../api-server/server.ts'

export const NODE_SCRIPT = readFileSync(new URL('../../../scripts/collect-node.sh', import.meta.url), 'utf8')
const KINDS = [
  'nodes',
  'namespaces',
  'services',
  'endpoints',
  'endpointslices',
  'pods',
  'daemonsets',
  'ingresses'
] as const

export const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0

export type Objects = { [plural in (typeof KINDS)[number]]: ApiObject[] }

export function fixture(plural: string): string {
  return readFileSync(new URL(`../../../test/fixtures/cluster/${plural}.json`, import.meta.url), 'utf8')
}

export function objects(): Objects {
  return Object.fromEntries(KINDS.map((plural) => [plural, JSON.parse(fixture(plural)).items])) as Objects
}

export async function temporary(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'snap-collect-'))
  t.teardown(() => rm(path, { recursive: true, force: true }))
  return path
}

export interface Setup extends Partial<ApiServerOptions> {
  readonly options?: Partial<CollectOptions>
  readonly wait?: (ms: number) => Promise<void>
  /** Wraps the real process runner. */
  readonly run?: (real: Run) => Run
}

export interface Taken {
  readonly collected: Collected
  readonly snapshot: Snapshot
  readonly server: ApiServer
  readonly said: readonly string[]
}

/** One snapshot of the fixture's cluster, or of `setup`'s variation of it. */
export async function take(t: ExecutionContext, setup: Setup = {}): Promise<Taken> {
  const { collected, ...others } = await collectOnly(t, setup)
  if (collected.path === null) throw new Error(`nothing could be read: ${collected.errors[0]![0]}`)
  return { collected, ...others, snapshot: await openSnapshot(collected.path) }
}

/** The same where there may be no snapshot. */
export async function collectOnly(t: ExecutionContext, setup: Setup = {}): Promise<Omit<Taken, 'snapshot'>> {
  const server = await startApiServer({ objects: objects(), ...setup })
  t.teardown(() => server.close())
  const root = await temporary(t)
  const config = writeKubeconfig(root, server)
  const api = apiThroughKubectl({ ...DEFAULTS, kubeconfig: config, ...setup.options })
  t.teardown(() => api.close())
  const said: string[] = []
  const ports: Omit<Ports, 'run' | 'api'> = {
    now: () => new Date(),
    random: Math.random,
    say: (line) => said.push(line),
    // Tests do not wait for what they know will pass.
    wait: setup.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 50)))),
    open: (name) => createSnapshot(join(root, 'snapshots'), name)
  }
  const collected = await collect(
    {
      ...DEFAULTS,
      kubeconfig: config,
      ...setup.options
    },
    { ...ports, run: (setup.run ?? ((real: Run) => real))(withHome(root)), api }
  )
  return { collected, server, said }
}

export const DEFAULTS: CollectOptions = {
  kubectl: 'kubectl',
  context: 'lab-admin',
  transports: [],
  pods: 'none',
  conntrack: false,
  timeoutMs: 60_000,
  retries: 2,
  concurrency: 4,
  pageSize: 500,
  nodeScript: NODE_SCRIPT,
  tool: 'snap test'
}

/** A kubeconfig that reaches the server by its context `lab-admin` alone; returns its path. */
export function writeKubeconfig(folder: string, server: ApiServer): string {
  const file = join(folder, 'kubeconfig')
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'other',
      clusters: [
        { name: 'lab', cluster: { server: server.url } },
        { name: 'elsewhere', cluster: { server: 'http://127.0.0.1:1' } }
      ],
      contexts: [
        { name: 'lab-admin', context: { cluster: 'lab', user: 'u' } },
        { name: 'other', context: { cluster: 'elsewhere', user: 'u' } }
      ],
      users: [{ name: 'u', user: {} }]
    })
  )
  return file
}

/** kubectl keeps what it discovered under HOME; each test has its own. */
function withHome(home: string): Run {
  return (argv, options, read) => run(argv[0] === 'kubectl' ? ['env', `HOME=${home}`, ...argv] : argv, options, read)
}

/** Programs of a node or an image: a shell text by name. Only they are on the PATH, besides what the script itself needs. */
export function programs(folder: string, texts: { readonly [name: string]: string }): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(texts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

/** Runs what exec was given, with these programs before all others. */
export async function execIn(path: string, { command, stdin }: ExecCall): Promise<ExecAnswer> {
  const child = spawn(command[0]!, command.slice(1), { env: { PATH: `${path}:/usr/bin:/bin` } })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const exitCode = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 255)))
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), exitCode }
}

/** A node agent's pod on each node, on the node's network, and this machine's boot id in each node's object. */
export function withAgents(
  all: Objects,
  names: readonly string[] = all.nodes.map(({ metadata }) => metadata.name)
): Objects {
  const bootID = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const nodes = all.nodes.map((node) => ({ ...node, status: { ...(node['status'] as object), nodeInfo: { bootID } } }))
  const agents = names.map(
    (node): ApiObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `agent-${node}`, namespace: 'kube-system', labels: { app: 'agent' } },
      spec: { nodeName: node, hostNetwork: true, containers: [{ name: 'shell', image: 'agent:1' }] },
      status: { phase: 'Running' }
    })
  )
  return { ...all, nodes, pods: [...all.pods, ...agents] }
}

export const TABLES =
  '# Generated by iptables-save v1.8.9 on Sun Nov 22 10:16:09 2026\n*nat\n:PREROUTING ACCEPT [5:300]\n' +
  '[2:120] -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\nCOMMIT\n'

/** What a node with the nft programs as its own has. Every program the script may ask is here, so none of the test machine's is. */
export function nodePrograms(folder: string): string {
  const save = (backend: string, text: string) =>
    `[ "$1" = -V ] && { echo "iptables-save v1.8.9 (${backend})"; exit; }\ncat <<'END'\n${text}END`
  return programs(folder, {
    'iptables-save': `${save('nf_tables', TABLES)}\necho '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them' >&2`,
    'iptables-legacy-save': save('legacy', TABLES),
    'iptables-nft-save': save('nf_tables', TABLES),
    'ip6tables-save': save('nf_tables', ''),
    'ip6tables-legacy-save': save('legacy', ''),
    'ip6tables-nft-save': save('nf_tables', ''),
    nft: 'case "$*" in "list tables") echo "table ip nat\ntable ip kube-proxy" ;; "-s list table ip kube-proxy") echo "table ip kube-proxy {\n}" ;; *) echo "nft v1" ;; esac',
    ipset: '[ "$1" = save ] && echo "create s hash:ip family inet"',
    ip: 'echo "[{\\"asked\\":\\"$2\\"}]"',
    ss: 'echo "Netid State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess"'
  })
}

/** What stands in a node's text before each output's end. */
export const MARK = '01234567-89ab-cdef-0123-456789abcdef'

/** A text as a process would print it, some bytes at a time. */
export async function* pieces(text: string | Buffer, size = 1000): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
