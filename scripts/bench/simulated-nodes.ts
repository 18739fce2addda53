import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiObject, startApiServer } from '../../test/api-server/server.ts'
import { dumpText } from './dump.ts'
import { Days, type Size } from './services.ts'

// A cluster of many nodes behind the tests' API server, in a process of its own: `node simulated-nodes.js NODES SIZE KUBECONFIG`.
// Each node's pod answers an exec with what scripts/collect-node.sh prints where the tables are those of SIZE. Runs until its input ends.
const [count, size, kubeconfig] = process.argv.slice(2)

const bootID = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
const names = Array.from({ length: Number(count) }, (_, index) => `node-${index}`)
const nodes = names.map(
  (name): ApiObject => ({
    metadata: { name },
    status: { nodeInfo: { bootID }, addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] }
  })
)
const pods = names.map(
  (node): ApiObject => ({
    metadata: { name: `snap-${node}`, namespace: 'snap', labels: { 'app.kubernetes.io/name': 'snap-node' } },
    spec: { nodeName: node, hostNetwork: true, containers: [{ name: 'node', image: 'snap-node:0.1.0' }] },
    status: { phase: 'Running' }
  })
)
const answer = scriptOutput(JSON.parse(size!) as Size)
const server = await startApiServer({
  objects: { nodes, pods, namespaces: [{ metadata: { name: 'kube-system' } }] },
  exec: () => ({ stdout: answer })
})
writeFileSync(
  kubeconfig!,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    clusters: [{ name: 'bench', cluster: { server: server.url } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'u' } }],
    users: [{ name: 'u', user: {} }]
  })
)
process.stdout.write('ready\n')
process.stdin.on('end', () => void server.close()).resume()

/** The script's own output, with programs that print as a node's would. */
function scriptOutput(of: Size): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'snap-node-'))
  try {
    const dump = join(folder, 'dump.txt')
    writeFileSync(dump, dumpText(new Days(of).services, { node: 0, seed: 1, counters: 'all' }))
    const programs: { readonly [name: string]: string } = {
      'iptables-save': `[ "$1" = -V ] && { echo 'iptables-save v1.8.9 (nf_tables)'; exit; }\ncat '${dump}'`,
      'ip6tables-save': '[ "$1" = -V ] && echo "ip6tables-save v1.8.9 (nf_tables)"; :',
      ip: 'echo "[]"',
      ss: 'echo "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port"',
      nft: ':',
      ipset: ':'
    }
    for (const kind of ['iptables', 'ip6tables'])
      for (const backend of ['legacy', 'nft']) Object.assign(programs, { [`${kind}-${backend}-save`]: ':' })
    mkdirSync(join(folder, 'bin'))
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`)
      chmodSync(join(folder, 'bin', name), 0o755)
    }
    return execFileSync('sh', ['scripts/collect-node.sh', 'iptables', 'addresses', 'sockets', 'settings'], {
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
      maxBuffer: 2 ** 30
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
