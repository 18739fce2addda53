import { groupOf } from '../../kinds/kind.ts'
import { API_KINDS, API_NAMES, type ApiName } from '../../kinds/kinds.ts'
import { listedConnections, savedSets, sysctlFiles } from './eks-text.ts'
import { ipAddressJson, ipRouteJson } from './ip-text.ts'
import type { Layout, Rule } from './layout.ts'

const save = (path: RegExp): Rule => ({ path, is: { dump: 'iptables-save', command: ['iptables-save'] } })
const save6 = (path: RegExp): Rule => ({ path, is: { dump: 'ip6tables-save', command: ['ip6tables-save'] } })
const routes = (path: RegExp): Rule => ({
  path,
  is: { dump: 'ip-route', command: ['ip', 'route', 'show', 'table', 'all'], convert: ipRouteJson }
})
const objects = (listed: ApiName, path: RegExp): Rule => ({ path, is: { objects: listed } })
const table = (path: RegExp, ...command: string[]): Rule => ({ path, is: { table: ['kubectl', 'get', ...command] } })

/** rancher2_logs_collector.sh, of 2019 to 2026, run on one node of RKE, RKE2, K3s or kubeadm. It saves tables without counters. */
const rancher: Layout = {
  name: 'Rancher log collection',
  marker: /networking\/iptablessave$/,
  uname: 'systeminfo/uname',
  lists: 'untold',
  rules: [
    save(/^networking\/iptablessave$/),
    save6(/^networking\/ip6tablessave$/),
    {
      path: /^networking\/ipaddrshow$/,
      is: { dump: 'ip-address', command: ['ip', 'addr', 'show'], convert: ipAddressJson }
    },
    routes(/^networking\/iproute$/),
    { path: /^networking\/nft_ruleset$/, is: { dump: 'nft-ruleset', command: ['nft', 'list', 'ruleset'] } },
    { path: /^networking\/ssanp$/, is: { dump: 'sockets-ss', command: ['ss', '-anp'] } },
    {
      path: /^networking\/netstat$/,
      is: { dump: 'sockets-netstat', command: ['netstat', '--programs', '--all', '--numeric', '--tcp', '--udp'] }
    },
    table(/^(k3s|rke2|kubeadm|k8s)\/kubectl\/nodes$/, 'nodes', '-o', 'wide'),
    table(/^(k3s|rke2|kubeadm|k8s)\/kubectl\/pods$/, 'pods', '-o', 'wide', '--all-namespaces'),
    table(/^(k3s|rke2|kubeadm|k8s)\/kubectl\/services$/, 'services', '-o', 'wide', '--all-namespaces'),
    table(/^(k3s|rke2|kubeadm|k8s)\/kubectl\/endpoints$/, 'endpoints', '-o', 'wide', '--all-namespaces'),
    table(/^(k3s|rke2|kubeadm|k8s)\/kubectl\/daemonsets$/, 'daemonsets', '-o', 'wide', '--all-namespaces')
  ]
}

/** eks-log-collector.sh of amazon-eks-ami, run on one node. IPv4 only, without counters. */
const eks: Layout = {
  name: 'EKS log collection',
  marker: /networking\/iptables-save\.txt$/,
  uname: 'kernel/uname.txt',
  lists: 'untold',
  rules: [
    save(/^networking\/iptables-save\.txt$/),
    save6(/^networking\/ip6tables-save\.txt$/),
    routes(/^networking\/iproute\.txt$/),
    { path: /^networking\/ipset\.txt$/, is: { dump: 'ipset-save', command: ['ipset', '--save'], convert: savedSets } },
    {
      path: /^networking\/conntrack\.txt$/,
      is: {
        dump: 'conntrack',
        command: ['conntrack', '-L'],
        convert: listedConnections,
        part: 'IPv4 only, and cut off where it took more than 75 s'
      }
    },
    { path: /^sysctls\/sysctl_all\.txt$/, is: { dump: 'sysctls', command: ['sysctl', '--all'], convert: sysctlFiles } },
    { path: /^system\/netstat\.txt$/, is: { dump: 'sockets-netstat', command: ['netstat', '-plant'] } }
  ]
}

/** `support-bundle` of replicatedhq/troubleshoot: lists as bare arrays whose objects do not name their kind. */
const supportBundle: Layout = {
  name: 'support bundle',
  marker: /cluster-resources\/(?:nodes|namespaces|pods|services)(?:\.json|\/[^/]+\.json)$/,
  lists: 'each-namespace',
  rules: [
    ...API_NAMES.flatMap((listed) => {
      const { supportBundle, isNamespaced } = API_KINDS[listed]
      if (supportBundle === undefined) return []
      const file = isNamespaced ? `${supportBundle}/(?<namespace>[^/]+)` : supportBundle
      return [objects(listed, new RegExp(`^cluster-resources/${file}\\.json$`))]
    }),
    save6(/^host-collectors\/run-host\/(?:(?<node>[^/]+)\/)?[^/]*ip6tables-?save[^/]*\.txt$/),
    save(/^host-collectors\/run-host\/(?:(?<node>[^/]+)\/)?[^/]*iptables-?save[^/]*\.txt$/)
  ]
}

/** The API groups and plurals by which a kind is known: `core`, `services`. */
function resourcesOf(listed: ApiName): { group: string; plural: string }[] {
  const all = API_KINDS[listed].lists.flatMap(({ plural, versions }) =>
    versions.map((version) => ({ group: groupOf(version) || 'core', plural }))
  )
  return [...new Map(all.map((one) => [`${one.group} ${one.plural}`, one])).values()]
}

const ofEach = (rule: (listed: ApiName, group: string, plural: string) => Rule): Rule[] =>
  API_NAMES.flatMap((listed) =>
    resourcesOf(listed).map(({ group, plural }) => rule(listed, group.replaceAll('.', '\\.'), plural))
  )

/** `oc adm must-gather` and `oc adm inspect`. */
const mustGather: Layout = {
  name: 'must-gather',
  marker:
    /(?:cluster-scoped-resources\/core\/nodes\/[^/]+|namespaces\/[^/]+\/core\/(?:pods|services|endpoints))\.yaml$/,
  timestamp: 'timestamp',
  lists: 'each-namespace',
  rules: [
    ...ofEach((listed, group, plural) =>
      objects(
        listed,
        API_KINDS[listed].isNamespaced
          ? new RegExp(`^namespaces/(?<namespace>[^/]+)/${group}/${plural}(?:/[^/]+)?\\.yaml$`)
          : new RegExp(`^cluster-scoped-resources/${group}/${plural}(?:/[^/]+)?\\.yaml$`)
      )
    )
  ]
}

/** `kubectl cluster-info dump --output-directory`, as JSON or YAML: of some namespaces or of all, which it does not say. */
const clusterInfoDump: Layout = {
  name: 'kubectl cluster-info dump',
  marker: /(?<![^/])[^/]+\/(?:pods|services)\.(?:json|yaml)$/,
  also: /^nodes\.(?:json|yaml)$/,
  lists: 'untold',
  allNodes: true,
  rules: [
    ...API_NAMES.filter((listed) => API_KINDS[listed].clusterInfoDump).map((listed) =>
      objects(
        listed,
        API_KINDS[listed].isNamespaced
          ? new RegExp(`^(?<namespace>[^/]+)/${listed}\\.(?:json|yaml)$`)
          : new RegExp(`^${listed}\\.(?:json|yaml)$`)
      )
    )
  ]
}

const captured = (listed: ApiName, group: string, plural: string): Rule =>
  objects(
    listed,
    new RegExp(`^kubecapture/${group}_[^/]+/(?:(?<namespace>[^/]+)/)?${plural}(?:-[0-9TZ.-]+|/[^/]+)\\.(?:json|yaml)$`)
  )

/** crash-diagnostics: `kube_capture` writes objects as its script asked for them, `capture` a command's output in a folder for each host. */
const crashDiagnostics: Layout = {
  name: 'crash-diagnostics archive',
  marker: /kubecapture\/[^/]+_v1[^/]*\/.*\.(?:json|yaml)$/,
  lists: 'untold',
  rules: [
    ...ofEach(captured),
    save6(/^(?<node>[^/]+)\/[^/]*ip6tables[_-]save[^/]*\.txt$/),
    save(/^(?<node>[^/]+)\/[^/]*iptables[_-]save[^/]*\.txt$/)
  ]
}

/** In the order they are tried: a marker that another layout could have too comes last. */
export const LAYOUTS: readonly Layout[] = [rancher, eks, supportBundle, mustGather, crashDiagnostics, clusterInfoDump]
