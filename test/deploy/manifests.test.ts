import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import anyTest, { type TestFn } from 'ava'
import { startApiServer } from '../api-server/server.ts'
import { hasKubectl, temporary, writeKubeconfig } from '../collect/cluster-fixture.ts'
import { root } from '../support/cli.ts'
import { FOLDERS, kustomized, type Manifest } from './manifests.ts'

const test = (hasKubectl ? anyTest : anyTest.skip) as TestFn
const read = (file: string): string => readFileSync(join(root, 'deploy', file), 'utf8')

function podSpecs(manifests: readonly Manifest[]): Manifest[] {
  return manifests.flatMap(({ kind, spec }) =>
    kind === 'DaemonSet' ? [spec.template.spec] : kind === 'CronJob' ? [spec.jobTemplate.spec.template.spec] : []
  )
}

for (const folder of FOLDERS) {
  test(`deploy/${folder}: kubectl takes it`, async (t) => {
    const server = await startApiServer({ objects: {} })
    t.teardown(() => server.close())
    const home = await temporary(t)
    const command = [
      'create',
      `--kubeconfig=${writeKubeconfig(home, server)}`,
      '--context=lab-admin',
      '--dry-run=client',
      '--validate=false',
      '-k',
      join(root, 'deploy', folder)
    ]
    // Not as a synchronous process: the server answers in this one.
    const { stdout, stderr } = await promisify(execFile)('kubectl', command, { env: { ...process.env, HOME: home } })
    t.is(stdout.trimEnd().split('\n').length, kustomized(folder).length, stderr)
    t.regex(stdout, /^(\S+ created \(dry run\)\n)+$/)
  })

  test(`deploy/${folder}: pods have what they need and no more`, (t) => {
    const manifests = kustomized(folder)
    t.deepEqual(
      manifests.filter(({ kind }) => /Secret|ConfigMap/.test(kind)),
      []
    )
    for (const spec of podSpecs(manifests)) {
      t.is(spec.hostPID, undefined)
      t.is(spec.hostIPC, undefined)
      t.false(
        (spec.volumes ?? []).some((volume: Manifest) => volume.hostPath !== undefined),
        'no folder of the node'
      )
      for (const { image, securityContext, resources } of spec.containers) {
        t.regex(image, /:\d/, 'an image with a version')
        t.like(securityContext, { privileged: false, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true })
        t.deepEqual(securityContext.capabilities.drop, ['ALL'])
        t.truthy(resources.limits.memory)
      }
    }
  })
}

test('the pods on the nodes have no credentials, and two capabilities', (t) => {
  const [spec] = podSpecs(kustomized('nodes'))
  t.like(spec, { hostNetwork: true, automountServiceAccountToken: false })
  t.is(spec.serviceAccountName, undefined, 'the account of the collector is not theirs')
  t.deepEqual(spec.containers[0].securityContext.capabilities.add, ['NET_ADMIN', 'NET_RAW'])
  t.is(spec.containers[0].securityContext.seccompProfile.type, 'RuntimeDefault')
  t.deepEqual(spec.tolerations, [{ operator: 'Exists' }], 'on every node')
})

test('the collector runs as nobody and one at a time', (t) => {
  const cronJob = kustomized('cron').find(({ kind }) => kind === 'CronJob')
  t.is(cronJob.spec.concurrencyPolicy, 'Forbid')
  t.is(cronJob.spec.jobTemplate.spec.backoffLimit, 0)
  const { spec } = cronJob.spec.jobTemplate.spec.template
  t.like(spec, {
    serviceAccountName: 'snap-collector',
    restartPolicy: 'Never',
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }
  })
  t.is(spec.containers[0].securityContext.capabilities.add, undefined)
})

test('images are named by a version, and hold the programs that the script asks for', (t) => {
  const dockerfile = read('Dockerfile')
  for (const [, from] of dockerfile.matchAll(/^FROM (\S+)/gm))
    t.regex(from!, /^(?:[\w./-]+:[\w.-]*\d[\w.-]*|node|build)$/)
  for (const program of ['iptables', 'nftables', 'ipset', 'iproute2', 'conntrack'])
    t.true(dockerfile.includes(program), program)
})

const asRoot = (
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-n', 'setpriv', '--version']).status === 0 &&
  spawnSync('iptables-legacy-save', ['-V']).status === 0
    ? anyTest
    : anyTest.skip
) as TestFn

const programs: readonly [program: string, needs: readonly string[]][] = [
  ['iptables-legacy-save', ['net_admin', 'net_raw']],
  ['iptables-nft-save', ['net_admin']],
  ['ipset save', ['net_admin']]
]
for (const [program, needs] of programs) {
  asRoot(`${program} runs with ${needs.join(' and ')} and not without`, (t) => {
    const run = (capabilities: readonly string[]) => {
      const allowed = `-all${capabilities.map((one) => `,+${one}`).join('')}`
      return spawnSync('unshare', [
        '-n',
        'sh',
        '-c',
        `iptables-legacy -t nat -L > /dev/null; exec setpriv --bounding-set=${allowed} --inh-caps=-all --no-new-privs ${program}`
      ]).status
    }
    t.is(run(needs), 0)
    for (const one of needs) t.not(run(needs.filter((other) => other !== one)), 0, one)
  })
}

asRoot("iptables-save waits for no lock, so the node's lock file is not mounted", (t) => {
  const { stdout, status } = spawnSync(
    'unshare',
    [
      '-n',
      'sh',
      '-c',
      'iptables-legacy -t nat -L > /dev/null; flock /run/xtables.lock timeout 10 iptables-legacy-save'
    ],
    { encoding: 'utf8' }
  )
  t.is(status, 0)
  t.regex(stdout, /^\*nat$/m)
})

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
;((hasSystemd ? anyTest : anyTest.skip) as TestFn)('systemd takes the units', (t) => {
  const { stderr } = spawnSync(
    'systemd-analyze',
    ['verify', join(root, 'deploy/systemd/snap-collect.service'), join(root, 'deploy/systemd/snap-collect.timer')],
    { encoding: 'utf8' }
  )
  t.deepEqual(
    stderr.split('\n').filter((said) => said.includes('snap-collect') && !/is not executable|No such file/.test(said)),
    []
  )
})
