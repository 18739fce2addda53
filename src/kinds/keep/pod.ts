import { keptArguments } from './arguments.ts'
import { conditions, metadata } from './metadata.ts'
import { fields, isObject, list, reduce, type Shape, scalars } from './shape.ts'

const PORTS = /^\d{1,5}$/
const ADDRESSES = /^[0-9a-fA-F.:/, ]{0,4096}$/
/** klipper-lb's own settings and what they look like (its `entry` script); nothing else that a pod's environment holds is kept. */
const KLIPPER: ReadonlyMap<unknown, RegExp> = new Map([
  ['SRC_PORT', PORTS],
  ['DEST_PORT', PORTS],
  ['DEST_PROTO', /^(TCP|UDP|SCTP)$/i],
  ['SRC_RANGES', ADDRESSES],
  ['DEST_IP', ADDRESSES],
  ['DEST_IPS', ADDRESSES]
])
const SVCLB_LABEL = 'svccontroller.k3s.cattle.io/svcname'

const handler = {
  httpGet: fields(scalars('port', 'scheme', 'host')),
  tcpSocket: fields(scalars('port', 'host')),
  grpc: fields(scalars('port'))
}
const probe = fields({
  ...handler,
  ...scalars('initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold')
})
const argv: Shape = { by: keptArguments }

function container(svclb: boolean): Shape {
  return fields({
    ...scalars('name', 'image', 'restartPolicy'),
    ports: list(fields(scalars('name', 'containerPort', 'hostPort', 'hostIP', 'protocol'))),
    args: argv,
    command: argv,
    readinessProbe: probe,
    livenessProbe: probe,
    startupProbe: probe,
    ...(svclb ? { env: list({ by: klipperSetting }) } : {})
  })
}

function klipperSetting(value: unknown): unknown {
  if (!isObject(value)) return undefined
  const expected = KLIPPER.get(value['name'])
  if (expected === undefined) return undefined
  if (typeof value['value'] === 'string')
    return expected.test(value['value']) ? { name: value['name'], value: value['value'] } : undefined
  return reduce(value, fields({ name: 'scalar', valueFrom: fields({ fieldRef: fields(scalars('fieldPath')) }) }))
}

const running = fields(scalars('startedAt'))
const terminated = fields(scalars('exitCode', 'signal', 'reason', 'startedAt', 'finishedAt'))
const state = fields({ running, terminated, waiting: fields(scalars('reason')) })
const containerStatuses = list(
  fields({
    ...scalars('name', 'ready', 'started', 'restartCount', 'image', 'imageID', 'containerID'),
    state,
    lastState: state
  })
)

const status = fields({
  ...scalars('phase', 'reason', 'podIP', 'hostIP', 'startTime', 'qosClass'),
  podIPs: list(fields(scalars('ip'))),
  hostIPs: list(fields(scalars('ip'))),
  conditions,
  containerStatuses,
  initContainerStatuses: containerStatuses
})

function podSpec(svclb: boolean): Shape {
  return fields({
    ...scalars('nodeName', 'hostNetwork', 'hostname', 'subdomain', 'restartPolicy', 'dnsPolicy'),
    nodeSelector: 'map',
    readinessGates: list(fields(scalars('conditionType'))),
    containers: list(container(svclb)),
    initContainers: list(container(false))
  })
}

export function reducePod(pod: unknown): unknown {
  return reduce(pod, fields({ ...scalars('apiVersion', 'kind'), metadata, spec: podSpec(isSvclb(pod)), status }))
}

export function reduceDaemonSet(daemonSet: unknown): unknown {
  const template = isObject(daemonSet) && isObject(daemonSet['spec']) ? daemonSet['spec']['template'] : undefined
  const counts = scalars(
    'desiredNumberScheduled',
    'currentNumberScheduled',
    'updatedNumberScheduled',
    'numberReady',
    'numberAvailable',
    'numberUnavailable',
    'numberMisscheduled',
    'observedGeneration'
  )
  return reduce(
    daemonSet,
    fields({
      ...scalars('apiVersion', 'kind'),
      metadata,
      spec: fields({
        selector: fields({ matchLabels: 'map' }),
        template: fields({ metadata, spec: podSpec(isSvclb(template)) })
      }),
      status: fields(counts)
    })
  )
}

/** Whether k3s's ServiceLB made it: by its label, never by its name, which is cut off and re-created (klipper-lb). */
export function isSvclb(object: unknown): boolean {
  return (
    isObject(object) &&
    isObject(object['metadata']) &&
    isObject(object['metadata']['labels']) &&
    Object.hasOwn(object['metadata']['labels'], SVCLB_LABEL)
  )
}
