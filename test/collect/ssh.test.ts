import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { openSnapshot } from '../../src/archive/open.ts'
import { startApiServer } from '../api-server/server.ts'
import { snap } from '../support/cli.ts'
import { hasKubectl, nodePrograms, objects, temporary, withAgents, writeKubeconfig } from './cluster-fixture.ts'

/** Nodes behind real sshds on loopback, each wrong in its own way: a run ends in time, asks nobody, and says of each node why. */

const SSHD = '/usr/sbin/sshd'
const hasSsh = hasKubectl && existsSync(SSHD) && spawnSync('ssh', ['-V']).status === 0
const withSsh = hasSsh ? test.serial : test.skip

/** A name, what its sshd is told besides, and what is to be said of it; null: nothing, all is well. */
const NODES: readonly {
  readonly name: string
  readonly sshd: readonly string[] | null
  readonly client?: readonly string[]
  readonly error: RegExp | null
}[] = [
  { name: 'kube-master', sshd: [], error: null },
  {
    name: 'unknown-host-key',
    sshd: [],
    client: ['UserKnownHostsFile /dev/null'],
    error: /Host key verification failed\.$/
  },
  {
    name: 'changed-host-key',
    sshd: [],
    client: ['HostKeyAlias kube-master'],
    error: /Host key verification failed\.$/
  },
  { name: 'wrong-key', sshd: ['AuthorizedKeysFile /dev/null'], error: /Permission denied \(publickey\)/ },
  {
    name: 'wants-password',
    sshd: ['AuthorizedKeysFile /dev/null', 'PasswordAuthentication yes'],
    error: /Permission denied \(publickey,password\)/
  },
  {
    name: 'locked-key',
    sshd: ['AuthorizedKeysFile KEYS/locked.pub'],
    client: ['IdentityFile KEYS/locked'],
    error: /Permission denied \(publickey\)/
  },
  { name: 'never-answers', sshd: null, error: /no end within|[Cc]onnection timed out|banner exchange/ },
  { name: 'never-ends', sshd: ['ForceCommand sleep 1000'], error: /no end within/ },
  { name: 'another-machine', sshd: ['ForceCommand echo Welcome; exit 0'], error: /line 1|nothing|not the output/ },
  { name: 'hangs-up', sshd: ['ForceCommand kill -9 $PPID'], error: /closed by|Connection|exit code|ended/ }
]

withSsh('each node behind ssh is read, or told why not, and no other node is the worse for it', async (t) => {
  const folder = await temporary(t)
  const path = await network(t, folder)
  const all = withAgents(objects(), [])
  const [first] = all.nodes
  const nodes = NODES.map(({ name }) => ({ ...first!, metadata: { ...first!.metadata, name } }))
  const server = await startApiServer({ objects: { ...all, nodes } })
  t.teardown(() => server.close())
  const retries = (await snap(folder, ['collect', '--help'])).stdout.includes('--retries') ? ['--retries', '0'] : []
  const { status, stderr } = await snap(
    folder,
    [
      'collect',
      '--transport',
      'ssh',
      '--pods',
      'none',
      '--timeout',
      '8',
      ...retries,
      '--kubeconfig',
      writeKubeconfig(folder, server),
      '--context',
      'lab-admin'
    ],
    { HOME: folder, PATH: `${path}:${process.env['PATH']}` }
  )
  t.is(status, 3, stderr)

  const [name] = readdirSync(join(folder, 'snapshots')).filter((one) => !one.startsWith('.'))
  const snapshot = await openSnapshot(join(folder, 'snapshots', name!))
  for (const { name: node, error } of NODES) {
    const item = snapshot.manifest.items.find(
      (one) => one.node === node && one.kind === 'iptables-save' && one.backend === undefined
    )
    if (error === null) {
      t.is(item?.error, null, node)
      t.regex((await snapshot.read(item!)).toString(), /-j KUBE-SERVICES/)
    } else {
      t.regex(item?.error ?? '', error, node)
      t.notRegex(item?.error ?? '', /\n/, node)
      t.is(item?.path, null, node)
    }
  }
})

/** The sshds and the client's configuration; returns the folder of an `ssh` that goes by it, as the user's own would. */
async function network(t: ExecutionContext, folder: string): Promise<string> {
  const keys = join(folder, 'keys')
  mkdirSync(keys)
  const generate = (file: string, passphrase = ''): string => {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', join(keys, file)])
    return readFileSync(join(keys, `${file}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ')
  }
  const own = generate('user')
  const locked = generate('locked', 'a passphrase that nobody types')
  writeFileSync(join(keys, 'authorized'), `${own}\n${locked}\n`)
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const programs = nodePrograms(join(folder, 'programs'))
  const client: string[] = []
  const knownHosts: string[] = []
  for (const { name, sshd, client: more = [] } of NODES) {
    if (sshd !== null) knownHosts.push(`${name} ${generate(`host-${name}`)}`)
    const common = [
      `HostKey ${join(keys, `host-${name}`)}`,
      `AuthorizedKeysFile ${join(keys, 'authorized')}`,
      `SetEnv PATH=${programs}:/usr/bin:/bin`
    ]
    const port =
      sshd === null
        ? await silentServer(t)
        : await startSshd(t, join(folder, `sshd-${name}`), [
            ...sshd.map((line) => line.replace('KEYS', keys)),
            ...common
          ])
    client.push(
      `Host ${name}`,
      ...more.map((line) => `  ${line.replace('KEYS', keys)}`),
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      `  HostKeyAlias ${name}`
    )
  }
  writeFileSync(join(keys, 'known_hosts'), `${knownHosts.join('\n')}\n`)
  client.push(
    'Host *',
    `  User ${userInfo().username}`,
    `  IdentityFile ${join(keys, 'user')}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${join(keys, 'known_hosts')}`,
    '  GlobalKnownHostsFile /dev/null'
  )
  writeFileSync(join(keys, 'config'), `${client.join('\n')}\n`)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${join(keys, 'config')}' "$@"\n`)
  chmodSync(join(bin, 'ssh'), 0o755)
  return bin
}

/** Of two lines of one keyword sshd takes the first. */
async function startSshd(t: ExecutionContext, file: string, lines: readonly string[]): Promise<number> {
  const port = await freePort()
  writeFileSync(
    file,
    [
      ...lines,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PidFile none'
    ].join('\n')
  )
  const child = spawn(SSHD, ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk) => String(chunk).includes('Server listening') && resolve())
    child.on('exit', () => reject(new Error(`sshd of ${file} ended`)))
  })
  return port
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Takes connections and says nothing. */
async function silentServer(t: ExecutionContext): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  return (server.address() as AddressInfo).port
}
