import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { API_KINDS, type ApiName } from '../../../src/kinds/kinds.ts'
import { loadSqlite } from '../../../src/store/sqlite.ts'
import type { ExecHandler } from '../../api-server/exec.ts'
import { type ApiObject, type ApiServer, startApiServer } from '../../api-server/server.ts'
import { snap } from '../../support/cli.ts'
import {
  execIn,
  hasKubectl,
  nodePrograms,
  type Objects,
  objects,
  temporary,
  withAgents,
  writeKubeconfig
} from '../cluster-fixture.ts'
import { planted, WHOLE_OBJECTS } from './whole-objects.ts'

/** A secret in every place that is not documented as kept: from the real kubectl's lists to the last report it appears nowhere. */

const test = (hasKubectl ? anyTest : anyTest.skip) as TestFn
const CANARY = 'c4n4ry'

/** The texts of a kind's whole object that may stay: at these places the cluster's own values stay as they are. */
function keptPaths(plural: ApiName): ReadonlySet<string> {
  const texts = new Map<string, string>()
  const object = planted(WHOLE_OBJECTS[plural], (path) => {
    texts.set(`<${texts.size}>`, path)
    return `<${texts.size - 1}>`
  })
  const kept = JSON.stringify(API_KINDS[plural].reduce(object))
  return new Set([...texts].filter(([text]) => kept.includes(text)).map(([, path]) => path))
}

/** Lists whose own entries must stay while others are put beside them. */
const GROWING = new Set([
  'env',
  'envFrom',
  'args',
  'command',
  'volumes',
  'managedFields',
  'imagePullSecrets',
  'finalizers'
])

/** The object with all that `more` has and it has not. */
function grown(object: unknown, more: unknown, field = ''): unknown {
  if (Array.isArray(object) && Array.isArray(more)) {
    return [
      ...object.map((one) => (more[0] === undefined ? one : grown(one, more[0]))),
      ...(GROWING.has(field) ? more : [])
    ]
  }
  if (isObject(object) && isObject(more)) {
    return Object.fromEntries(
      [...new Set([...Object.keys(object), ...Object.keys(more)])].map((key) => [
        key,
        key in object ? grown(object[key], more[key], key) : more[key]
      ])
    )
  }
  return object
}

function isObject(value: unknown): value is { [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The captured cluster's objects, each with the canary in every place that is not to be kept. */
function withCanaries(secret: string): Objects {
  return { ...withCanariesIn(objects(), secret), ...withCanariesIn(TRAEFIK, secret, 'ingressroutes') }
}

/** A route of each kind, with what a secret may stand in besides whole fields: what headers and queries are compared with. */
const TRAEFIK = Object.fromEntries(
  [
    [
      'ingressroutes',
      `Host(\`shop.example\`) && Header(\`Authorization\`, \`${CANARY}\`) && Query(\`token\`, \`${CANARY}\`)`
    ],
    ['ingressroutetcps', `HostSNI(\`db.example\`) && Unheard(\`${CANARY}\`)`],
    ['ingressrouteudps', undefined]
  ].map(([plural, match]) => [
    plural,
    [
      {
        metadata: { name: 'shop', namespace: 'demo' },
        spec: {
          entryPoints: ['web'],
          routes: [{ ...(match !== undefined && { match }), services: [{ name: 'web', port: 80 }] }]
        }
      }
    ]
  ])
) as unknown as { [plural: string]: ApiObject[] }

function withCanariesIn(
  all: { readonly [plural: string]: readonly ApiObject[] },
  secret: string,
  like?: ApiName
): Objects {
  return Object.fromEntries(
    Object.entries(all).map(([plural, list]) => {
      const kind = like ?? (plural as ApiName)
      const kept = keptPaths(kind)
      // Undefined is no part of JSON: the canary's object has no text where one would be kept.
      const more = JSON.parse(
        JSON.stringify(
          planted(WHOLE_OBJECTS[kind], (path) => (kept.has(path) ? '<kept>' : secret)),
          (_, value) =>
            value === '<kept>' ? undefined : Array.isArray(value) ? value.filter((one) => one !== '<kept>') : value
        )
      )
      return [plural, list.map((one) => grown(one, more) as ApiObject)]
    })
  ) as Objects
}

/** What programs and servers say when they quote what they were given. */
const quoting = (secret: string): string =>
  [
    `Authorization: Bearer ${secret}0123456789`,
    `--token=${secret}`,
    `"password": "${secret}"`,
    `https://admin:${secret}@proxy:3128/`,
    `DB_PASSWORD=${secret}`,
    `client-key-data: ${secret}`,
    `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
    `eyJhbGciOiJI.${secret}.${secret}`
  ].join('\n')

async function cluster(t: ExecutionContext, folder: string, secret: string): Promise<ApiServer> {
  const path = nodePrograms(join(folder, 'bin'))
  const exec: ExecHandler = async (call) => {
    if (call.pod === 'agent-kube-worker2')
      return { stderr: `${quoting(secret)}\n`, failure: `OCI runtime exec failed: env TOKEN=${secret}: no such file` }
    return { ...(await execIn(path, call)), stderr: `${quoting(secret)}\n` }
  }
  const server = await startApiServer({
    objects: withAgents(withCanaries(secret)),
    exec,
    refuse: { ingresses: { code: 403, message: `forbidden: token=${secret}, password: ${secret}` } }
  })
  t.teardown(() => server.close())
  return server
}

const VIEWS = [
  'items',
  'coverage',
  'issues',
  'nodes',
  'namespaces',
  'services',
  'pods',
  'containers',
  'container_ports',
  'daemonsets',
  'ingresses',
  'traefik_routes',
  'endpoints',
  'listeners',
  'rules',
  'versions',
  'ipsets',
  'ipset_members'
]

test('a canary in every place that is not kept appears nowhere', async (t) => {
  const folder = await temporary(t)
  const said: string[] = []
  const run = async (...args: string[]): Promise<string> => {
    const { stdout, stderr, status } = await snap(folder, [...args, '--debug'], { HOME: join(folder, 'home') })
    t.not(status, 70, stderr)
    said.push(`$ ${args.join(' ')}\n${stdout}\n${stderr}`)
    return stdout
  }
  for (const secret of [CANARY, `${CANARY}-changed`]) {
    const server = await cluster(t, folder, secret)
    const config = writeKubeconfig(folder, server)
    writeFileSync(config, readFileSync(config, 'utf8').replace('"user":{}', `"user":{"token":"${secret}"}`))
    t.true(server.requests.length === 0)
    await run(
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
      '--pods',
      'all'
    )
    t.true(
      server.requests.some((request) => request.includes('/pods?')),
      'kubectl listed the pods'
    )
    await setTimeout(1100)
  }
  // A reader that stays keeps the write-ahead log in its place.
  await run('import')
  const reader = new (loadSqlite())(join(folder, 'snap.db'))
  reader.prepare('SELECT count(*) FROM snapshots').get()
  await run('sql', 'select 1', '-s', 'latest')
  for (const output of ['table', 'json', 'csv', 'markdown', 'junit', 'sarif', 'prometheus'])
    await run('check', '-o', output)
  for (const output of ['text', 'json']) await run('diff', 'latest~1', 'latest', '-o', output)
  for (const output of ['text', 'json', 'dot', 'mermaid', 'svg'])
    await run('trace', 'service/traefik-ns/traefik:web', '-o', output)
  for (const view of VIEWS)
    t.regex(await run('sql', `select * from ${view}`, '-s', 'latest', '-o', 'json'), /^\[/, view)
  t.regex(await run('sql', 'select rule from traefik_routes', '-s', 'latest', '-o', 'json'), /shop\.example.*\*\*/s)
  await run('flows', '-o', 'json')
  await run('report', '--csv', 'audit')
  if (/--html/.test((await snap(folder, ['report', '--help'])).stdout)) await run('report', '--html', 'report.html')
  await run('pack', 'latest', 'packed.tar.gz')
  reader.close()

  t.deepEqual(
    said.filter((text) => text.includes(CANARY)).map((text) => text.slice(0, 100)),
    [],
    'in what was printed'
  )
  const written = files(folder).filter((file) => !/\/(?:kubeconfig|bin\/|home\/)/.test(file.slice(folder.length)))
  t.true(
    written.some((file) => file.endsWith('pods.json.gz')) && written.some((file) => file.endsWith('snap.db')),
    written.join(' ')
  )
  t.deepEqual(
    written.filter((file) => contentOf(file).includes(CANARY) || file.slice(folder.length).includes(CANARY)),
    [],
    'in what was written'
  )
})

anyTest('what a pasted session shows of secrets does not reach the store', async (t) => {
  const folder = await temporary(t)
  writeFileSync(
    join(folder, 'session.txt'),
    [
      'root@kube-master:~# kubectl get svc -A',
      'NAMESPACE   NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE',
      'default     kubernetes   ClusterIP   10.43.0.1    <none>        443/TCP   14m',
      'root@kube-master:~# kubectl get secret db -o yaml',
      'apiVersion: v1',
      'data:',
      `  password: ${CANARY}`,
      `  uri: ${Buffer.from(`postgres://admin:${CANARY}@db:5432/shop`).toString('base64')}`,
      `root@kube-master:~# export TOKEN=${CANARY}`,
      `root@kube-master:~# curl -H 'Authorization: Bearer ${CANARY}0123' https://u:${CANARY}@host/`,
      ''
    ].join('\n')
  )
  const { status, stderr } = await snap(folder, ['import', '--text', 'session.txt'])
  t.is(status, 0, stderr)
  t.notRegex(stderr, /c4n4ry/)
  for (const file of files(folder).filter((path) => !path.endsWith('session.txt')))
    t.notRegex(contentOf(file), /c4n4ry|cG9zdGdyZXM/, file)
})

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
}

function contentOf(file: string): string {
  const stored = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(stored) : stored).toString('latin1')
}
