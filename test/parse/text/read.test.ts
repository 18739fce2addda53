import { readFileSync } from 'node:fs'
import test from 'ava'
import type { PastedText } from '../../../src/parse/text/pasted.ts'
import { readPastedText } from '../../../src/parse/text/read.ts'

const terminal = readFileSync(new URL('../../../../test/fixtures/text/traefik-terminal.txt', import.meta.url), 'utf8')

/** The fields a source says something in. */
const said = (row: object) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))

test('the terminal session: pods', (t) => {
  t.deepEqual(
    readPastedText(terminal).pods.map(({ namespace, pod, node, ip, status, ready }) => [
      namespace,
      pod,
      node,
      ip,
      status,
      ready
    ]),
    [
      ['traefik-ns', 'svclb-traefik-8rl5h', 'kube-master', '10.42.0.163', 'Running', true],
      ['traefik-ns', 'svclb-traefik-nds69', 'kube-worker2', '10.42.2.246', 'Running', true],
      ['traefik-ns', 'traefik-59cfdc49c7-dmm58', 'kube-worker2', '10.42.2.245', 'Running', true],
      ['traefik-ns', 'svclb-traefik-mk54q', 'kube-worker1', '10.42.1.31', 'Running', true]
    ]
  )
})

test('the terminal session: the service says what its columns say and no more', (t) => {
  const { services, servicePorts } = readPastedText(terminal)
  t.deepEqual(services.map(said), [
    {
      namespace: 'traefik-ns',
      service: 'traefik',
      type: 'LoadBalancer',
      clusterIp: '10.43.99.34',
      externalName: '',
      loadBalancerIps: ['141.75.148.138', '141.75.148.139', '141.75.148.140'],
      loadBalancerHostnames: [],
      selector: { app: 'traefik' }
    }
  ])
  t.deepEqual(
    servicePorts.map(({ port, nodePort, portName, targetPort }) => [port, nodePort, portName, targetPort]),
    [
      [80, 31898, null, null],
      [8080, 32676, null, null],
      [8087, 30158, null, null],
      [443, 31879, null, null]
    ]
  )
})

test('the terminal session: three endpoints are shown, one more is not', (t) => {
  const { endpoints, coverage } = readPastedText(terminal)
  t.deepEqual(
    endpoints.map(({ service, address, port, protocol, ready }) => [service, address, port, protocol, ready]),
    [
      ['traefik', '10.42.2.245', 80, null, true],
      ['traefik', '10.42.2.245', 8087, null, true],
      ['traefik', '10.42.2.245', 443, null, true]
    ]
  )
  t.deepEqual(coverage, [
    { kind: 'pods', namespace: 'traefik-ns', object: null, complete: true, why: '' },
    { kind: 'services', namespace: 'traefik-ns', object: null, complete: true, why: '' },
    {
      kind: 'endpoints',
      namespace: 'traefik-ns',
      object: 'traefik',
      complete: false,
      why: '1 more endpoint is not shown'
    },
    {
      kind: 'endpoints',
      namespace: 'traefik-ns',
      object: null,
      complete: false,
      why: 'addresses that are not ready are not shown, and of 1 object not all that are'
    }
  ])
})

test("the terminal session: the listener is the pod's, seen through a filter for its port", (t) => {
  const [listing, ...more] = readPastedText(terminal).listeners
  t.deepEqual(more, [])
  t.deepEqual(
    [listing!.namespace, listing!.pod, listing!.node, listing!.filtered, listing!.ports, listing!.protocols],
    ['traefik-ns', 'traefik-59cfdc49c7-dmm58', null, true, [8087], ['TCP', 'UDP']]
  )
  t.deepEqual(
    listing!.facts.map(({ protocol, address, port, process }) => [protocol, address, port, process]),
    [['TCP', '::', 8087, 'traefik']]
  )
})

test('the terminal session: iptables listings go on with command, node and filter', (t) => {
  const { iptables } = readPastedText(terminal)
  t.deepEqual(
    iptables.map(({ command, node, filtered, joined, line, text }) => [
      command.form,
      command.table,
      command.chain,
      command.numeric,
      command.verbose,
      node,
      filtered,
      joined,
      line,
      text.split('\n')[0]!.replace(/ +/g, ' ')
    ]),
    [
      [
        'list',
        'nat',
        'KUBE-SERVICES',
        true,
        false,
        'kube-master',
        true,
        false,
        22,
        'Chain KUBE-SERVICES (2 references)'
      ],
      [
        'list',
        'nat',
        'KUBE-SVC-O2EOQBSIC5NZRIQN',
        true,
        true,
        'kube-master',
        false,
        false,
        44,
        'Chain KUBE-SVC-O2EOQBSIC5NZRIQN (5 references)'
      ],
      [
        'list',
        'nat',
        'KUBE-SEP-AFDBSPUPSG7DXKN6',
        true,
        true,
        'kube-master',
        false,
        false,
        48,
        'Chain KUBE-SEP-AFDBSPUPSG7DXKN6 (1 references)'
      ]
    ]
  )
  t.is(
    iptables[1]!.commandLine,
    'root@kube-master:/home/master# iptables -v -t nat -L KUBE-SVC-O2EOQBSIC5NZRIQN -n | column -t'
  )
})

const PODS =
  'NAME    READY   STATUS    RESTARTS   AGE\nweb-1   1/1     Running   0          5m\nweb-2   0/1     Running   5 (3m ago)   5m\n'
const NETSTAT = 'tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      \n'

const summary = ({ pods, services, nodes, daemonsets, listeners, iptables, coverage, unread }: PastedText) => ({
  rows: [
    ...pods.map((p) => `${p.namespace}/${p.pod} ${p.ready}`),
    ...services.map((s) => `${s.namespace}/${s.service}`),
    ...nodes.map((n) => `${n.node} ${n.ready} ${n.unschedulable}`),
    ...daemonsets.map((d) => `${d.namespace}/${d.daemonset} ${d.ready}/${d.desired}`),
    ...listeners.map(
      (l) =>
        `${l.node ?? `${l.namespace}/${l.pod}`} ${l.facts.map((f) => f.port)} ${l.filtered ? `of ${l.ports}` : 'all'}`
    ),
    ...iptables.map((i) => `${i.node ?? i.pod} ${i.command.form} ${i.command.table}`)
  ],
  coverage: coverage.map((c) => `${c.kind} ${c.namespace} ${c.complete || c.why}`),
  unread: unread.map((u) => `${u.line}: ${u.message}`)
})

const CASES: [name: string, text: string, rows: string[], coverage: string[], unread: string[]][] = [
  [
    'plain table: full readiness is not proven without the gates',
    `$ kubectl get pods -n demo\n${PODS}`,
    ['demo/web-1 null', 'demo/web-2 false'],
    ['pods demo true'],
    []
  ],
  [
    'no namespace named',
    `$ kubectl get pods\n${PODS}`,
    [],
    [],
    ['2: 2 pods of an unknown namespace are left out; list with -n or -A']
  ],
  [
    'all namespaces',
    '$ kubectl get po -A\nNAMESPACE NAME READY STATUS RESTARTS AGE\na x 1/1 Running 0 1d2h\nb x 0/1 Pending 0 9s\n',
    ['a/x null', 'b/x false'],
    ['pods null true'],
    []
  ],
  [
    'a filter',
    `$ kubectl get pods -n demo | grep -v Completed\n${PODS}`,
    ['demo/web-1 null', 'demo/web-2 false'],
    ['pods demo another command stands after it and may keep rows back'],
    []
  ],
  [
    'a selector',
    `$ kubectl -n demo get pods -l app=web\n${PODS}`,
    ['demo/web-1 null', 'demo/web-2 false'],
    ['pods demo the command selects by label or field'],
    []
  ],
  [
    'a name',
    `$ kubectl get pod web-1 --namespace=demo\n${PODS}`,
    ['demo/web-1 null', 'demo/web-2 false'],
    ['pods demo the command asks for single objects'],
    []
  ],
  [
    'none found is an answer',
    '$ kubectl get pods,svc -n demo\nNo resources found in demo namespace.\n',
    [],
    ['pods demo true', 'services demo true'],
    []
  ],
  [
    'an error is none',
    '$ kubectl get pods -n demo\nError from server (Forbidden): pods is forbidden\n',
    [],
    ['pods demo part of its output was not read'],
    ['2: no table with a header line: an error, or a listing with --no-headers']
  ],
  [
    'nothing shown',
    '$ kubectl get pods -n demo\n$ kubectl get nodes\n',
    [],
    ['pods demo its output is not shown', 'nodes null its output is not shown'],
    []
  ],
  [
    'a row that is none',
    `$ kubectl get pods -n demo\n${PODS}web-3 and more\n`,
    ['demo/web-1 null', 'demo/web-2 false'],
    ['pods demo part of its output was not read'],
    ['5: not a row of the table above']
  ],
  [
    'JSON',
    '$ kubectl get pods -n demo -o json\n{\n"items": []\n}\n',
    [],
    [],
    ['2: `-o json` is not read from pasted text; keep it in a file of its own and import that']
  ],
  [
    'get all: kinds with prefixes, others named once',
    '# k3s kubectl get all -n demo\nNAME        READY   STATUS    RESTARTS   AGE\npod/web-1   1/1     Running   0          5m\n\n' +
      'NAME          TYPE        CLUSTER-IP     EXTERNAL-IP   PORT(S)   AGE\nservice/web   ClusterIP   10.43.154.73   <none>        80/TCP    5m\n\n' +
      'NAME                  DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\ndaemonset.apps/agent  3         3         2       3            2           <none>          5m\n\n' +
      'NAME                  READY   UP-TO-DATE   AVAILABLE   AGE\ndeployment.apps/web   1/1     1            1           5m\n',
    ['demo/web-1 null', 'demo/web', 'demo/agent 2/3'],
    ['pods demo true', 'services demo true', 'daemonsets demo true'],
    ['11: a table snap does not read, 1 rows']
  ],
  [
    'a table of columns unknown',
    '$ kubectl get hpa -n demo\nNAME   REFERENCE        TARGETS   MINPODS\nweb    Deployment/web   10%       1\n',
    [],
    [],
    ['2: a table with columns snap does not read: NAME   REFERENCE        TARGETS   MINPODS']
  ],
  [
    'a kind with columns unknown beside one that is known',
    '$ kubectl get pods,svc -n demo -L app\nNAME        READY   STATUS    RESTARTS   AGE   APP\npod/web-1   1/1     Running   0          5m    web\n\n' +
      'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\nservice/web ClusterIP 10.43.154.73 <none> 80/TCP 5m\n',
    ['demo/web'],
    ['pods demo part of its output was not read', 'services demo part of its output was not read'],
    ['2: a table with columns snap does not read: NAME        READY   STATUS    RESTARTS   AGE   APP']
  ],
  [
    'nodes: NotReady is False or Unknown',
    '$ kubectl get nodes\nNAME STATUS ROLES AGE VERSION\na Ready master 1d v1.20.2\nb NotReady,SchedulingDisabled <none> 1d v1.20.2\n',
    ['a True false', 'b null true'],
    ['nodes null true'],
    []
  ],
  ['sockets of a node', `root@kube-master:~# netstat -lnt\n${NETSTAT}`, ['kube-master 80 all'], [], []],
  [
    'sockets by ss, with sudo, filtered by what is no port',
    'master@kube-master:~$ sudo ss -lntp | grep nginx\nLISTEN 0 5 0.0.0.0:80 0.0.0.0:*\n',
    ['kube-master 80 of null'],
    [],
    []
  ],
  [
    'a filter that finds nothing',
    'root@kube-master:~# netstat -lnt | grep :8087\nroot@kube-master:~# \n',
    ['kube-master  of 8087'],
    [],
    []
  ],
  [
    'nothing behind no filter',
    'root@kube-master:~# ss -lnt\n',
    ['kube-master  all'],
    [],
    ['1: an empty listing says nothing about sockets; the command printed nothing, not even its header']
  ],
  [
    'kubectl exec with a command',
    `root@kube-master:~# kubectl exec -n demo web-1 -c app -- netstat -lnt\n${NETSTAT}`,
    ['demo/web-1 80 all'],
    [],
    []
  ],
  [
    'kubectl exec with a script',
    `root@kube-master:~# kubectl exec -n demo pod/web-1 -- sh -c 'netstat -lnt | grep 80'\n${NETSTAT}`,
    ['demo/web-1 80 of 80'],
    [],
    []
  ],
  [
    'a shell in a pod, left again',
    `root@n1:~# kubectl exec -it web-1 -n demo -- /bin/bash\nroot@web-1:/app# netstat -lnt\n${NETSTAT}root@web-1:/app# exit\nroot@n1:~# netstat -lnt\n${NETSTAT}`,
    ['demo/web-1 80 all', 'n1 80 all'],
    [],
    []
  ],
  [
    'a shell whose end is not shown',
    `# kubectl exec -it web-1 -n demo -- sh\n# netstat -lnt\n${NETSTAT}`,
    [],
    [],
    ['3: whether this ran on a node or in a pod cannot be told from its prompt; paste the prompt with the host name']
  ],
  [
    'a shell in nobody knows what',
    `/ # netstat -lnt\n${NETSTAT}`,
    [],
    [],
    ['2: whether this ran on a node or in a pod cannot be told from its prompt; paste the prompt with the host name']
  ],
  [
    'a pod in no namespace named',
    `root@kube-master:~# kubectl exec web-1 -- netstat -lnt\n${NETSTAT}`,
    [],
    [],
    ['2: the namespace of pod web-1 is unknown; name it in the command with -n']
  ],
  [
    '/proc/net in a pod',
    '# kubectl exec web-1 -n demo -- cat /proc/net/tcp6\n   0: 00000000000000000000000000000000:1F97 00000000000000000000000000000000:0000 0A 0:0\n',
    ['demo/web-1 8087 all'],
    [],
    []
  ],
  [
    'iptables by other programs',
    '[root@n1 ~]# iptables-save -c\n# Generated by iptables-save v1.8.7 on Sun Nov 22 08:59:18 2026\n[root@n1 ~]# sudo ip6tables-legacy -S\n-P INPUT ACCEPT\n',
    ['n1 save null', 'n1 rules filter'],
    [],
    []
  ],
  ['another command', 'root@n1:~# uptime\n 10:00:00 up 3 days\n', [], [], ['2: the output of `uptime` is not read']],
  ['a listing under no command', NETSTAT, [], [], ['1: text, not a listing']],
  [
    'a command over two lines',
    `$ kubectl get pods \\\n>   -n demo\n${PODS}`,
    ['demo/web-1 null', 'demo/web-2 false'],
    ['pods demo true'],
    []
  ],
  [
    'colours of a terminal',
    `\u001b[?2004h\u001b[01;32mmaster@n1\u001b[00m:~$ kubectl get pods -n demo\r\n${PODS.replaceAll('\n', '\r\n')}`,
    ['demo/web-1 null', 'demo/web-2 false'],
    ['pods demo true'],
    []
  ],
  ['nothing', '', [], [], []]
]

for (const [name, text, rows, coverage, unread] of CASES) {
  test(name, (t) => t.deepEqual(summary(readPastedText(text)), { rows, coverage, unread }))
}

const pods = (...names: string[]) =>
  `NAME READY STATUS RESTARTS AGE\n${names.map((name) => `${name} 1/1 Running 0 5m\n`).join('')}`
const services = (...names: string[]) =>
  `NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\n${names.map((name) => `${name} ClusterIP 10.43.0.9 <none> 80/TCP 5m\n`).join('')}`

for (const [name, text, rows, coverage, unread] of [
  [
    'the whole list again',
    `$ kubectl get pods -n a\n${pods('x', 'y')}$ kubectl get pods -n b\n${pods('x')}$ kubectl get pods -n a\n${pods('x', 'z')}`,
    ['b/x null', 'a/x null', 'a/z null'],
    ['pods b true', 'pods a true'],
    ['2: 2 rows give way to a later listing of the same objects']
  ],
  [
    'one object again',
    `$ kubectl get pods -n a\n${pods('x', 'y')}$ kubectl get pods y -n a\n${pods('y')}`,
    ['a/x null', 'a/y null'],
    ['pods a true', 'pods a the command asks for single objects'],
    ['2: 1 rows give way to a later listing of the same objects']
  ],
  [
    'gone since',
    `$ kubectl get pods -n a\n${pods('x')}$ kubectl get pods -A\nNo resources found\n`,
    [],
    ['pods null true'],
    ['2: 1 rows give way to a later listing of the same objects']
  ],
  [
    'another kind',
    `$ kubectl get pods -n a\n${pods('x')}$ kubectl get svc -n a\n${services('x')}`,
    ['a/x null', 'a/x'],
    ['pods a true', 'services a true'],
    []
  ]
] as const) {
  test(`asked twice: ${name}`, (t) =>
    t.deepEqual(summary(readPastedText(text)), { rows: [...rows], coverage: [...coverage], unread: [...unread] }))
}

test('joined and spread listings of one paste mix', (t) => {
  const { pods, listeners, unread } = readPastedText(
    `# kubectl get pods -n demo ${PODS.replace(/\s+/g, ' ')} # kubectl exec -it web-1 -n demo sh / # ss -lntu Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port udp UNCONN 0 0 *:53 *:* tcp LISTEN 0 5 *:80 *:* tcp LISTEN 0 5 *:443 *:*\nThat was the pod.\nroot@n1:~# netstat -lnt\n${NETSTAT}`
  )
  t.deepEqual(
    pods.map(({ pod }) => pod),
    ['web-1', 'web-2']
  )
  t.deepEqual(
    listeners.map(({ pod, node, facts }) => [pod, node, facts.map(({ port }) => port)]),
    [
      ['web-1', null, [53, 80, 443]],
      [null, 'n1', [80]]
    ]
  )
  t.deepEqual(
    unread.map(({ line, text }) => [line, text]),
    [[2, 'That was the pod.']]
  )
})

test('what cannot be told of a service is null', (t) => {
  const text =
    '$ kubectl get svc -n demo\nNAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\n' +
    'cut LoadBalancer 10.43.0.2 141.75.148.13... 80:31898/TCP 5m\npending LoadBalancer 10.43.0.3 <pending> 80:31899/TCP 5m\n' +
    'name ExternalName <none> db.example.com <none> 5m\nheadless ClusterIP None <none> <none> 5m\n'
  const { services, servicePorts } = readPastedText(text)
  t.deepEqual(
    services.map((s) => [s.service, s.clusterIp, s.externalIps, s.loadBalancerIps, s.externalName, s.selector]),
    [
      ['cut', '10.43.0.2', null, null, null, null],
      ['pending', '10.43.0.3', [], [], '', null],
      ['name', '', null, null, 'db.example.com', null],
      ['headless', 'None', [], null, '', null]
    ]
  )
  t.deepEqual(
    servicePorts.map(({ service, port }) => [service, port]),
    [
      ['cut', 80],
      ['pending', 80]
    ]
  )
})
