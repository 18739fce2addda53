import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import type { ExecHandler } from '../api-server/exec.ts'
import { startApiServer } from '../api-server/server.ts'
import {
  execIn,
  hasKubectl,
  nodePrograms,
  objects,
  programs,
  temporary,
  withAgents,
  writeKubeconfig
} from '../collect/cluster-fixture.ts'
import { snap } from '../support/cli.ts'

/** Collect, import and check as cron runs them, through the real kubectl against the tests' own API server. */

const test = (hasKubectl ? anyTest.serial : anyTest.serial.skip) as TestFn

test('three nodes of four answer: the snapshot is kept, imported, and the checks say whom they did not see', async (t) => {
  const folder = await temporary(t)
  const path = nodePrograms(join(folder, 'bin'))
  const all = objects()
  const four = {
    ...all,
    nodes: [...all.nodes, { ...all.nodes[1]!, metadata: { ...all.nodes[1]!.metadata, name: 'kube-worker3' } }]
  }
  const exec: ExecHandler = (call) =>
    call.pod === 'agent-kube-worker3' ? { failure: 'container not found ("shell")' } : execIn(path, call)
  const server = await startApiServer({ objects: withAgents(four), exec })
  t.teardown(() => server.close())

  const config = writeKubeconfig(folder, server)
  const collected = await snap(folder, [
    'collect',
    '--transport',
    'exec',
    '--selector',
    'app=agent',
    '--container',
    'shell',
    '--kubeconfig',
    config,
    '--context',
    'lab-admin',
    '--verbose'
  ])
  t.is(collected.status, 3, collected.stderr)
  t.regex(collected.stdout, /^snapshots\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\n$/)
  t.regex(collected.stderr, /^nodes are reached by exec \(4 pods of app=agent\)$/m)
  t.regex(collected.stderr, /\d+ of \d+ items failed/)

  const imported = await snap(folder, ['import'])
  t.is(imported.status, 0, imported.stderr)
  t.regex(imported.stderr, /imported, 4 nodes/)
  t.regex(imported.stderr, /container not found/)

  const { stdout } = await snap(folder, ['check', 'SEP-STALE'])
  t.regex(stdout, /NOT SEEN/)
  t.regex(stdout, /rules of kube-worker3: failed: .*container not found/)
  t.notRegex(stdout, /rules of kube-worker1: failed/, 'it was read')

  const traced = await snap(folder, ['trace', 'service/traefik-ns/traefik:web', '--node', 'kube-worker3', '-o', 'json'])
  t.is(traced.status, 0, traced.stderr)
  t.is(JSON.parse(traced.stdout).outcomes[0].verdict, 'unknown')
})

test('no cluster: exit 2 and one line', async (t) => {
  const folder = await temporary(t)
  const { status, stderr } = await snap(folder, [
    'collect',
    '--transport',
    'none',
    '--kubeconfig',
    join(folder, 'missing'),
    '--timeout',
    '20',
    '--retries',
    '0'
  ])
  t.is(status, 2)
  t.regex(
    stderr,
    /^snap: collect: nothing could be read, no snapshot was written: .*missing: there is no such kubeconfig$/m
  )
  t.is(stderr.trimEnd().split('\n').length, 1)
})

for (const [title, args, said] of [
  ['no kubectl', ['--kubectl', './no-kubectl'], /no-kubectl: no such program$/m],
  ['no kubeconfig', ['--kubeconfig', 'missing'], /missing: there is no such kubeconfig$/m],
  ['a kubeconfig that is a pipe', ['--kubeconfig', 'pipe'], /pipe: it is a FIFO, not a file$/m],
  ['a context that is none', ['--kubeconfig', 'empty', '--context', 'other'], /context/],
  ['a kubectl that hangs', ['--kubectl', './hangs', '--timeout', '1'], /no end within 1 s/]
] as const) {
  test(`what cannot work is told without another try: ${title}`, async (t) => {
    const folder = await temporary(t)
    spawnSync('mkfifo', [join(folder, 'pipe')])
    writeFileSync(join(folder, 'empty'), '{"apiVersion":"v1","kind":"Config"}')
    programs(folder, { hangs: 'echo >>started; exec sleep 1000' })
    const { status, stderr } = await snap(folder, [
      'collect',
      '--transport',
      'none',
      ...args,
      '--retries',
      '9',
      '--verbose'
    ])
    t.is(status, 2, stderr)
    t.regex(stderr, said)
    const started = existsSync(join(folder, 'started')) ? readFileSync(join(folder, 'started'), 'utf8').length : 0
    t.true(started <= 2, 'kubectl is started for the name of the cluster and for its address')
  })
}

for (const [title, args] of [
  ['config', ['--config', 'pipe']],
  ['store', ['--store', 'pipe', '--import']],
  ['metrics', ['--textfile', 'pipe']]
] as const) {
  test(`a pipe as ${title} is refused, and not waited for`, async (t) => {
    const folder = await temporary(t)
    spawnSync('mkfifo', [join(folder, 'pipe')])
    const { status, stderr } = await snap(folder, [
      'collect',
      '--kubectl',
      './none',
      '--cluster',
      'c',
      '--transport',
      'local',
      '--node',
      'here',
      ...args
    ])
    t.is(status, 2, stderr)
    t.regex(stderr, /pipe.*it is a FIFO, not a file/)
  })
}
