import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { answerOf } from '../../../src/ask/trace/answer.ts'
import { trace } from '../../../src/ask/trace/trace.ts'
import { endpointChain, servicePortHash, servicePortName } from '../../../src/model/chain-names.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { root } from '../../support/cli.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

/** How does http://kube-master:8087 reach a pod? Answered from nothing but what the operator pasted. */

const seed = join(root, '../shared/seed/kubernetes-iptables-traefik.txt')

test('from the text as a terminal prints it', (t) => answers(t, join(root, 'snapshots/traefik-incident.txt')))

const withSeed = existsSync(seed) ? test : test.skip
withSeed('from the text as a web page joined it', (t) => answers(t, seed))

async function answers(t: ExecutionContext, file: string): Promise<void> {
  const store = openStore(':memory:')
  const at = '2021-02-03T10:00:00.000Z'
  const facts = { cluster: { name: 'pasted text', uid: null }, tool: 'snap 0.1.0', startedAt: at, endedAt: at }
  const item = {
    kind: 'text' as const,
    node: 'kube-master',
    command: [],
    startedAt: at,
    endedAt: at,
    exitCode: null,
    error: null,
    stderr: null
  }
  const { snapshot } = await importSnapshot(
    store,
    memorySnapshot(facts, [{ ...item, content: readFileSync(file) }]),
    new Date(at)
  )
  scopeTo(store, snapshot)
  const { nodes } = trace(store, snapshot, { destination: 'http://kube-master:8087' })
  for (const node of nodes) {
    const { outcomes, steps } = answerOf(node)
    const chains = steps.filter(({ to, kind }) => kind === 'jump' && to?.startsWith('KUBE-')).map(({ to }) => to)
    t.deepEqual(chains, [
      'KUBE-SERVICES',
      'KUBE-FW-O2EOQBSIC5NZRIQN',
      'KUBE-SVC-O2EOQBSIC5NZRIQN',
      'KUBE-SEP-AFDBSPUPSG7DXKN6'
    ])
    t.is(outcomes.length, 1)
    t.like(outcomes[0], {
      verdict: 'delivered',
      address: '10.42.2.245:8087',
      share: 1,
      pod: 'traefik-ns/traefik-59cfdc49c7-dmm58',
      podNode: 'kube-worker2'
    })
    t.is(outcomes[0]!.masqueraded, 'unknown', 'neither KUBE-FW nor POSTROUTING was pasted')
    t.is(outcomes[0]!.seenSource, null)
    t.regex(outcomes[0]!.why, /listens on :::8087/)
    t.true(
      outcomes[0]!.assumptions.some((text) => /KUBE-FW-O2EOQBSIC5NZRIQN was not listed/.test(text)),
      'what the text does not show is said'
    )
  }
  t.deepEqual(
    store.prepare('SELECT DISTINCT packets FROM rules').pluck().all(),
    [null],
    'KUBE-SERVICES was listed without counters'
  )
  const name = servicePortName('traefik-ns', 'traefik', 'keycloak')
  t.is(servicePortHash(name, 'tcp'), 'O2EOQBSIC5NZRIQN')
  t.is(endpointChain(name, 'tcp', '10.42.2.245', 8087), 'KUBE-SEP-AFDBSPUPSG7DXKN6')
  const stored = store
    .prepare("SELECT chain_hash FROM service_ports WHERE service = 'traefik' AND port_name = 'keycloak'")
    .pluck()
    .get()
  t.is(stored, 'O2EOQBSIC5NZRIQN', 'the port is named by the hash in its chain')
}
