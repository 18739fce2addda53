/** The sample snapshot's content, laid out as other collectors do. */
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { root } from '../../support/cli.ts'

export const NODES = ['kube-master', 'kube-worker1', 'kube-worker2']
export const COLLECTED = new Date('2026-11-22T13:14:15Z')

const SAMPLE = join(root, 'snapshots/2026-11-22T12-00-00Z')

export type Files = { readonly [path: string]: string }

export function dump(node: string, name = 'iptables-save'): string {
  return gunzipSync(readFileSync(join(SAMPLE, `nodes/${node}/${name}.txt.gz`))).toString('utf8')
}

export function json(node: string, name: 'ip-address' | 'ip-route'): any[] {
  return JSON.parse(gunzipSync(readFileSync(join(SAMPLE, `nodes/${node}/${name}.json.gz`))).toString('utf8'))
}

export function list(kind: string): any[] {
  return JSON.parse(readFileSync(join(SAMPLE, `cluster/${kind}.json`), 'utf8')).items
}

/** One text for each namespace of the cluster, also for those that have none. */
export function byNamespace(kind: string, path: (namespace: string) => string, text: (items: any[]) => string): Files {
  return Object.fromEntries(
    list('namespaces').map(({ metadata: { name } }) => [
      path(name),
      text(list(kind).filter(({ metadata }) => metadata.namespace === name))
    ])
  )
}

export function write(folder: string, files: Files): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    utimesSync(file, COLLECTED, COLLECTED)
  }
  return folder
}

/** `ip addr show`, of what the sample has as JSON. */
export function ipAddress(node: string): string {
  return json(node, 'ip-address')
    .map(({ ifname, addr_info }, index) =>
      [
        `${index + 1}: ${ifname}${ifname.startsWith('veth') ? '@if2' : ''}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000`,
        '    link/ether 9e:fe:73:70:ed:1d brd ff:ff:ff:ff:ff:ff link-netnsid 1',
        ...addr_info.map(
          ({ local, prefixlen, scope }: any) =>
            `    inet${local.includes(':') ? '6' : ''} ${local}/${prefixlen}${local.includes(':') ? '' : ' brd 10.42.0.255'} scope ${scope} ${ifname}\n       valid_lft forever preferred_lft forever`
        )
      ].join('\n')
    )
    .join('\n')
}

/** `ip route show table all` */
export function ipRoute(node: string): string {
  const main = json(node, 'ip-route').map(
    ({ dst, gateway, dev, prefsrc }) =>
      `${dst}${gateway === undefined ? '' : ` via ${gateway}`} dev ${dev} ${prefsrc === undefined ? '' : `proto kernel scope link src ${prefsrc}`}`
  )
  return [
    ...main,
    'local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1',
    'ff00::/8 dev eth0 table local metric 256 pref medium',
    ''
  ].join('\n')
}

export function rancher(node: string): Files {
  return {
    'networking/iptablessave': dump(node),
    'networking/ip6tablessave': dump(node, 'ip6tables-save'),
    'networking/iptablesnat': 'Chain PREROUTING (policy ACCEPT)\n',
    'networking/ipaddrshow': ipAddress(node),
    'networking/iproute': ipRoute(node),
    'networking/nft_ruleset':
      node === NODES[0] ? 'table ip nat {\n}\ntable inet firewalld {\n}\n' : 'nft: command not found\n',
    'networking/ssanp': `${dump(node, 'sockets-ss')}u_str ESTAB 0 0 * 19 * 20 users:(("systemd",pid=1,fd=2))\n`,
    'systeminfo/uname': `Linux ${node} 6.1.0 #1 SMP x86_64 GNU/Linux\n`,
    'systemlogs/syslog': 'token: c4n4ry\n',
    ...(node === NODES[0]
      ? {
          'k3s/kubectl/nodes':
            'NAME STATUS ROLES AGE VERSION INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME\n' +
            'kube-master Ready master 14m v1.20.2 141.75.148.138 <none> Debian 6.18.44 containerd://1.6.20\n',
          'k3s/kubectl/services':
            'NAMESPACE   NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE   SELECTOR\n' +
            'default     kubernetes   ClusterIP   10.43.0.1    <none>        443/TCP   14m   <none>\n',
          'k3s/kubectl/pods': 'error: You must be logged in to the server (Unauthorized)\n'
        }
      : {})
  }
}

export function eks(node: string): Files {
  return {
    'networking/iptables-save.txt': dump(node),
    'networking/iptables.txt': 'Chain INPUT (policy ACCEPT)\n',
    'networking/iproute.txt': ipRoute(node),
    'networking/conntrack.txt':
      '*** Output of conntrack -S *** \ncpu=0   \tfound=0 invalid=9 insert=0\n*** Output of conntrack -L ***\n' +
      'tcp      6 431999 ESTABLISHED src=10.42.1.7 dst=10.43.0.1 sport=40000 dport=443 src=141.75.148.138 dst=10.42.1.7 sport=6443 dport=40000 [ASSURED] mark=0 use=1\n',
    'networking/conntrack6.txt': '*** Output of conntrack -L -f ipv6 ***\n',
    'networking/ipset.txt':
      'Name: KUBE-CLUSTER-IP\nType: hash:ip,port\nHeader: family inet hashsize 1024 maxelem 65536\nNumber of entries: 1\nMembers:\n10.43.0.1,tcp:443\n-e \n\n' +
      'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\nadd KUBE-CLUSTER-IP 10.43.0.1,tcp:443\n',
    'sysctls/sysctl_all.txt':
      'kernel.hostname = c4n4ry\nnet.ipv4.conf.all.rp_filter = 2\nnet.ipv4.conf.default.rp_filter = 0\nnet.ipv4.conf.eth0/100.rp_filter = 1\nnet.ipv4.ip_forward = 1\nnet.ipv4.tcp_rmem = 4096\t131072\t6291456\n',
    'system/netstat.txt':
      'Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name\n' +
      'tcp        0      0 127.0.0.1:10248         0.0.0.0:*               LISTEN      100/kubelet\n',
    'kernel/uname.txt': `Linux ${node} 6.1.0 #1 SMP x86_64 GNU/Linux\n`,
    'kubelet/kubeconfig.yaml': 'users:\n- user:\n    token: c4n4ry\n'
  }
}

const bare = (items: any[]): string =>
  JSON.stringify(
    items.map(({ apiVersion: _a, kind: _k, ...rest }) => rest),
    null,
    2
  )

export function supportBundle(): Files {
  return {
    'version.yaml': 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n',
    'cluster-resources/nodes.json': bare(list('nodes')),
    'cluster-resources/namespaces.json': bare(list('namespaces')),
    'cluster-resources/pods-errors.json': 'null',
    'cluster-resources/image-pull-secrets/demo/registry.json': '{"registry":"c4n4ry"}',
    ...byNamespace(
      'pods',
      (namespace) => `cluster-resources/pods/${namespace}.json`,
      (items) => bare(items.map(withSecrets))
    ),
    ...byNamespace('services', (namespace) => `cluster-resources/services/${namespace}.json`, bare),
    ...byNamespace('endpoints', (namespace) => `cluster-resources/endpoints/${namespace}.json`, bare),
    ...byNamespace('ingresses', (namespace) => `cluster-resources/ingress/${namespace}.json`, bare),
    'host-collectors/run-host/kube-master/iptables-save.txt': dump('kube-master'),
    'host-collectors/run-host/kube-master/iptables-save-info.json':
      '{"command":"iptables-save","exitCode":"0","env":["TOKEN=c4n4ry"]}'
  }
}

/** As tools that do not redact keep a pod. */
function withSecrets(pod: any): any {
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"password":"c4n4ry"}' }
    },
    spec: {
      ...pod.spec,
      containers: pod.spec.containers.map((one: any) => ({
        ...one,
        env: [{ name: 'PASSWORD', value: 'c4n4ry' }],
        args: ['--token=c4n4ry']
      }))
    }
  }
}

/** YAML as Kubernetes prints it: JSON's values in block style. */
export function yaml(value: unknown, indent = ''): string {
  if (Array.isArray(value))
    return value.length === 0
      ? ' []\n'
      : `\n${value.map((one) => `${indent}-${yaml(one, `${indent}  `).replace(/^\n\s*/, ' ')}`).join('')}`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    return entries.length === 0
      ? ' {}\n'
      : `\n${entries.map(([key, one]) => `${indent}${JSON.stringify(key)}:${yaml(one, `${indent}  `)}`).join('')}`
  }
  return ` ${JSON.stringify(value)}\n`
}

const listYaml =
  (kind: string) =>
  (items: any[]): string =>
    `---${yaml({ apiVersion: 'v1', kind, items })}`

export function mustGather(): Files {
  const top = 'must-gather.local.1/quay-io-release-sha256-1'
  return {
    [`${top}/version`]: 'openshift/must-gather\n4.12\n',
    [`${top}/timestamp`]:
      '2026-11-22 10:16:09.120304 +0000 UTC m=+0.1\n2026-11-22 10:18:00.000000 +0000 UTC m=+111.1\n',
    ...Object.fromEntries(
      list('nodes').map((node) => [
        `${top}/cluster-scoped-resources/core/nodes/${node.metadata.name}.yaml`,
        `---${yaml(node)}`
      ])
    ),
    ...Object.fromEntries(
      list('namespaces').map((one) => [
        `${top}/cluster-scoped-resources/core/namespaces/${one.metadata.name}.yaml`,
        `---${yaml(one)}`
      ])
    ),
    ...byNamespace(
      'pods',
      (namespace) => `${top}/namespaces/${namespace}/core/pods.yaml`,
      (items) => listYaml('PodList')(items.map(withSecrets))
    ),
    ...byNamespace(
      'services',
      (namespace) => `${top}/namespaces/${namespace}/core/services.yaml`,
      listYaml('ServiceList')
    ),
    ...byNamespace(
      'endpointslices',
      (namespace) => `${top}/namespaces/${namespace}/discovery.k8s.io/endpointslices.yaml`,
      listYaml('EndpointSliceList')
    ),
    [`${top}/namespaces/demo/core/secrets.yaml`]: 'items:\n- data:\n    password: c4n4ry\n'
  }
}

export function clusterInfoDump(): Files {
  return {
    'nodes.json': JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', items: list('nodes') }),
    ...Object.fromEntries(
      ['kube-system', 'demo'].flatMap((namespace) =>
        (['pods', 'services', 'daemonsets'] as const).map((kind) => [
          `${namespace}/${kind}.json`,
          JSON.stringify({
            kind: { pods: 'PodList', services: 'ServiceList', daemonsets: 'DaemonSetList' }[kind],
            items: list(kind).filter(({ metadata }) => metadata.namespace === namespace)
          })
        ])
      )
    ),
    'demo/web-1/logs.txt': 'password c4n4ry\n'
  }
}

export function crashDiagnostics(): Files {
  const at = '2026-11-22T13-14-15Z.0000'
  return {
    ...Object.fromEntries(
      list('nodes').map((node) => [
        `crashdir/kubecapture/core_v1/nodes/${node.metadata.name}-${at}.json`,
        JSON.stringify(node)
      ])
    ),
    ...Object.fromEntries(
      list('services').map((one) => [
        `crashdir/kubecapture/core_v1/${one.metadata.namespace}/services/${one.metadata.name}-${at}.json`,
        JSON.stringify(one)
      ])
    ),
    ...Object.fromEntries(NODES.map((node) => [`crashdir/${node}/sudo_iptables_save_c.txt`, dump(node)]))
  }
}

/** By hand: names in files and in folders, one list of several kinds, one dump packed. */
export function plainFolder(): Files {
  return {
    'kube-master.iptables-save.txt': dump('kube-master'),
    'kube-master.nat-only.iptables-save.txt': '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n',
    'kube-master.ipset-save.txt':
      'create blocked hash:net family inet hashsize 1024 maxelem 65536\nadd blocked 198.51.100.0/24\n',
    'kube-worker1/iptables-save-c.txt': dump('kube-worker1'),
    'kube-worker1/ss-lntu.txt': dump('kube-worker1', 'sockets-ss'),
    'ip6tables-save-kube-worker2.txt': dump('kube-worker2', 'ip6tables-save').replace(
      /^$/,
      '# Generated by ip6tables-save v1.8.9\n*nat\nCOMMIT\n'
    ),
    'all.json': JSON.stringify({
      kind: 'List',
      items: [
        ...list('services'),
        ...list('nodes'),
        { kind: 'Secret', metadata: { name: 's' }, data: { password: 'c4n4ry' } }
      ]
    }),
    'pods.yaml': listYaml('PodList')(list('pods')),
    'notes.md': 'what we saw'
  }
}
