import test from 'ava'
import { sampleItems } from '../../../support/sample.ts'
import { checkItems } from '../checking.ts'
import { Capture } from './capture.ts'
import { testFaults } from './faults.ts'

type Kind = 'IngressRoute' | 'IngressRouteTCP' | 'IngressRouteUDP'

/** The sample has no objects of Traefik's own kinds: these are listed beside its Ingresses. */
function addRoute(
  capture: Capture,
  kind: Kind,
  service: { name: string; port: number | string; namespace?: string; nativeLB?: boolean }
): void {
  const match = { IngressRoute: 'Host(`a.example`)', IngressRouteTCP: 'HostSNI(`*`)', IngressRouteUDP: undefined }[kind]
  const route = {
    apiVersion: 'traefik.io/v1alpha1',
    kind,
    metadata: { namespace: 'demo', name: 'broken' },
    spec: { entryPoints: ['web'], routes: [{ ...(match && { match }), services: [service] }] }
  }
  const ingresses = capture.items.find((item) => item.kind === 'ingresses')!
  const list = { apiVersion: 'v1', kind: 'List', items: [route] }
  capture.items = [
    ...capture.items,
    {
      ...ingresses,
      kind: 'ingressroutes',
      command: ['kubectl', 'get', 'ingressroutes', '-A', '-o', 'json'],
      content: Buffer.from(JSON.stringify(list))
    }
  ]
}

testFaults('INGRESS-BACKEND', [
  {
    name: 'IngressRoute: the Service does not exist',
    change: (capture) => addRoute(capture, 'IngressRoute', { name: 'wbe', port: 80 }),
    finds: ['INGRESS-BACKEND ingressroute/demo/broken']
  },
  {
    name: "IngressRoute: it is another namespace's",
    change: (capture) => addRoute(capture, 'IngressRoute', { name: 'web', port: 80, namespace: 'prod-eu-2' }),
    finds: ['INGRESS-BACKEND ingressroute/demo/broken']
  },
  {
    name: 'IngressRouteTCP: the Service has no such port',
    change: (capture) => addRoute(capture, 'IngressRouteTCP', { name: 'web', port: 8080 }),
    finds: ['INGRESS-BACKEND ingressroutetcp/demo/broken']
  },
  {
    name: 'IngressRouteUDP: the Service has no port of that name',
    change: (capture) => addRoute(capture, 'IngressRouteUDP', { name: 'web', port: 'dns' }),
    finds: ['INGRESS-BACKEND ingressrouteudp/demo/broken']
  },
  {
    name: 'IngressRoute: a good backend',
    change: (capture) => addRoute(capture, 'IngressRoute', { name: 'web', port: 80 }),
    finds: []
  }
])

testFaults('INGRESS-EMPTY', [
  {
    name: 'IngressRoute',
    change: (capture) => addRoute(capture, 'IngressRoute', { name: 'noep', port: 80 }),
    finds: ['INGRESS-EMPTY ingressroute/demo/broken']
  },
  {
    name: 'IngressRouteTCP',
    change: (capture) => addRoute(capture, 'IngressRouteTCP', { name: 'notready', port: 80 }),
    finds: ['INGRESS-EMPTY ingressroutetcp/demo/broken']
  },
  {
    name: 'IngressRouteUDP',
    change: (capture) => addRoute(capture, 'IngressRouteUDP', { name: 'noep-np', port: 80 }),
    finds: ['INGRESS-EMPTY ingressrouteudp/demo/broken']
  },
  {
    name: 'Traefik dials the cluster IP, and kube-proxy refuses it',
    change: (capture) => addRoute(capture, 'IngressRoute', { name: 'noep', port: 80, nativeLB: true }),
    finds: []
  }
])

for (const { name, args, says } of [
  {
    name: 'no argument allows empty Services',
    args: ['--providers.kubernetescrd'],
    says: /, which has no ready endpoint$/
  },
  {
    name: 'an argument allows them',
    args: ['--providers.kubernetesCRD.allowEmptyServices=true'],
    says: /: Traefik answers 503$/
  },
  {
    name: 'an argument allows them without a value',
    args: ['--providers.kubernetescrd.allowemptyservices'],
    says: /: Traefik answers 503$/
  },
  {
    name: 'they are allowed for Ingresses only',
    args: ['--providers.kubernetesingress.allowemptyservices=true'],
    says: /, which has no ready endpoint$/
  }
]) {
  test(`a route to nobody: ${name}`, async (t) => {
    const capture = new Capture(await sampleItems('2026-11-22T12-00-00Z'))
    addRoute(capture, 'IngressRoute', { name: 'noep', port: 80 })
    capture.list('pods', (pods) => {
      for (const { metadata, spec } of pods) if (metadata.name.startsWith('traefik-')) spec.containers[0].args = args
    })
    const found = (await checkItems(capture.items))
      .flatMap(({ findings }) => findings)
      .filter(({ code }) => code === 'INGRESS-EMPTY')
    t.is(found.length, 1)
    t.regex(found[0]!.message, says)
  })
}
