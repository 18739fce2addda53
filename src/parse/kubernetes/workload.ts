import type { DaemonSetFact, IngressFact } from '../facts.ts'
import { at, type Json, labels, number, object, objects, portOrName, text } from './json.ts'

type Identity = { namespace: string; name: string }

export function readDaemonSet(item: Json, { namespace, name }: Identity): DaemonSetFact {
  return {
    namespace,
    daemonset: name,
    desired: number(at(item, 'status', 'desiredNumberScheduled')) ?? 0,
    current: number(at(item, 'status', 'currentNumberScheduled')) ?? 0,
    ready: number(at(item, 'status', 'numberReady')) ?? 0,
    labels: labels(at(item, 'metadata', 'labels')),
    selector: labels(at(item, 'spec', 'selector', 'matchLabels')),
    nodeSelector: labels(at(item, 'spec', 'template', 'spec', 'nodeSelector'))
  }
}

/** networking.k8s.io/v1, and the v1beta1 shape (serviceName, servicePort) that clusters before 1.22 print. */
export function readIngress(item: Json, { namespace, name }: Identity): IngressFact[] {
  const common = {
    namespace,
    ingress: name,
    ingressClass:
      text(at(item, 'spec', 'ingressClassName')) ??
      text(at(item, 'metadata', 'annotations', 'kubernetes.io/ingress.class')) ??
      ''
  }
  const rules = objects(at(item, 'spec', 'rules')).flatMap((rule) =>
    objects(at(rule, 'http', 'paths')).map((path) => ({
      ...common,
      host: text(rule.host) ?? '',
      path: text(path.path) ?? '',
      pathType: text(path.pathType) ?? '',
      ...backend(path.backend)
    }))
  )
  const fallback = object(at(item, 'spec', 'defaultBackend') ?? at(item, 'spec', 'backend'))
  return fallback ? [...rules, { ...common, host: '', path: '', pathType: '', ...backend(fallback) }] : rules
}

function backend(value: unknown): { service: string; servicePort: string } {
  const port =
    at(value, 'service', 'port', 'number') ?? at(value, 'service', 'port', 'name') ?? at(value, 'servicePort')
  return {
    service: text(at(value, 'service', 'name')) ?? text(at(value, 'serviceName')) ?? '',
    servicePort: portOrName(port) ?? ''
  }
}
