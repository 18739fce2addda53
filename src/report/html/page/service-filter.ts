import type { PictureService } from '../../../ask/report/services.ts'
import { type PackedService, unpackService } from '../pack.ts'
import type { PageData } from '../page-data.ts'
import { judgePort, type Known } from '../picture/judge.ts'

export interface ServiceChoice {
  readonly text: string
  readonly namespace: string
  /** '' for any, error, found, wrong or clean */
  readonly state: string
  /** A snapshot's name; '' for any. */
  readonly changed: string
}

/** Places of the Services that fit. */
export function chosenServices(data: PageData, { text, namespace, state, changed }: ServiceChoice): number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const changedThen =
    changed === ''
      ? undefined
      : new Set(data.changed[data.snapshots.indexOf(changed)]?.map((place) => data.changedNames[place]))
  const places = data.services.map((_, at) => at)
  return places.filter((at) => {
    const packed = data.services[at]!
    return (
      (namespace === '' || packed[0] === namespace) &&
      (!changedThen || changedThen.has(`${packed[0]}/${packed[1]}`)) &&
      hasState(data, at, state) &&
      (words.length === 0 || words.every((word) => searchText(packed).includes(word)))
    )
  })
}

function hasState({ found, services, sets, known }: PageData, at: number, state: string): boolean {
  const [errors, warnings, notes] = found[at]!
  switch (state) {
    case 'error':
      return errors > 0
    case 'found':
      return errors + warnings + notes > 0
    case 'clean':
      return errors + warnings + notes === 0
    case 'wrong':
      return isWrong(unpackService(services[at]!, sets), known)
    default:
      return true
  }
}

/** Whether the picture marks anything as stale, missing or refused without cause. */
export function isWrong(service: PictureService, known: Known): boolean {
  return service.ports.some((port) => {
    const { endpoints, frontends } = judgePort(service, port, known)
    return (
      endpoints.some(({ mark }) => mark === 'stale' || mark === 'missing') ||
      frontends.some((frontend) => frontend.isWrong)
    )
  })
}

const texts = new WeakMap<PackedService, string>()

/** Name, addresses, pods and nodes; made when first searched. */
function searchText(packed: PackedService): string {
  const known = texts.get(packed)
  if (known !== undefined) return known
  const [namespace, service, type, clusterIp, , , , , ports] = packed
  const parts = ports.flatMap(([portName, , port, chains, endpoints, frontends]) => [
    portName,
    String(port),
    ...chains.map(([chain]) => chain),
    ...frontends.map(([, address, at]) => `${address}:${at}`),
    ...endpoints.flatMap(([address, , node, pod, chain]) => [address, node ?? '', pod ?? '', chain ?? ''])
  ])
  const text = [`${namespace}/${service}`, type ?? '', clusterIp ?? '', ...parts].join('\n').toLowerCase()
  texts.set(packed, text)
  return text
}
