import { at, boolean, type Json, number, object, objects, text } from './json.ts'

/** What kubectl prints under STATUS. Source: Kubernetes 1.33, pkg/printers/internalversion/printers.go, printPod. */
export function podStatus(item: Json): string {
  const status = object(item.status) ?? {}
  const phase = text(status.phase) ?? ''
  const reason = text(status.reason)
  if (at(item, 'metadata', 'deletionTimestamp')) {
    if (reason === 'NodeLost') return 'Unknown'
    if (phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating'
  }
  const initializing = initReason(item)
  return initializing !== undefined && !hasCondition(status, 'Initialized')
    ? initializing
    : (containersReason(status) ?? initializing ?? (reason || phase))
}

/** Of the first init container that has not done its work; undefined where all have. */
function initReason(item: Json): string | undefined {
  const specs = objects(at(item, 'spec', 'initContainers'))
  const statuses = objects(at(item, 'status', 'initContainerStatuses'))
  const isDone = (entry: Json) =>
    number(at(entry, 'state', 'terminated', 'exitCode')) === 0 ||
    (specs.find(({ name }) => name === entry.name)?.restartPolicy === 'Always' && boolean(entry.started) === true)
  const place = statuses.findIndex((entry) => !isDone(entry))
  if (place < 0) return undefined
  const ended = object(at(statuses[place]!, 'state', 'terminated'))
  if (ended) return `Init:${endReason(ended)}`
  const waiting = text(at(statuses[place]!, 'state', 'waiting', 'reason'))
  return waiting && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${place}/${specs.length}`
}

/** Of the first container that waits or has ended; undefined where all run. */
function containersReason(status: Json): string | undefined {
  const statuses = objects(status.containerStatuses)
  const [first] = statuses.flatMap((entry) => {
    const ended = object(at(entry, 'state', 'terminated'))
    return text(at(entry, 'state', 'waiting', 'reason')) || (ended ? endReason(ended) : [])
  })
  const isRunning = statuses.some((entry) => boolean(entry.ready) === true && object(at(entry, 'state', 'running')))
  return first === 'Completed' && isRunning ? (hasCondition(status, 'Ready') ? 'Running' : 'NotReady') : first
}

function endReason(ended: Json): string {
  const signal = number(ended.signal) ?? 0
  return text(ended.reason) || (signal !== 0 ? `Signal:${signal}` : `ExitCode:${number(ended.exitCode) ?? 0}`)
}

function hasCondition(status: Json, type: string): boolean {
  return objects(status.conditions).some((condition) => condition.type === type && condition.status === 'True')
}
