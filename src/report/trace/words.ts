import type { AnswerOutcome } from '../../ask/trace/answer.ts'

export function percent(share: number): string {
  const text = (share * 100).toFixed(1)
  return `${text === '0.0' && share > 0 ? '<0.1' : text}%`
}

/** Where ways end: one in full, several alike in short. */
export function endText(ends: readonly AnswerOutcome[]): string {
  return ends.length === 1 ? oneEnd(ends[0]!) : manyEnds(ends)
}

function oneEnd(outcome: AnswerOutcome): string {
  return `${outcome.verdict}: ${outcome.why}${masquerade(outcome)}`
}

function masquerade({ verdict, masqueraded, seenSource }: AnswerOutcome): string {
  if ((verdict !== 'delivered' && verdict !== 'accepted') || masqueraded === false) return ''
  if (masqueraded === 'unknown') return ', whether its source is masqueraded is unknown'
  return `, source masqueraded${seenSource ? ` as ${seenSource}` : ''}`
}

const SHOWN = 4

function manyEnds(ends: readonly AnswerOutcome[]): string {
  const [first] = ends as [AnswerOutcome]
  const shares = ends.map(({ share }) => share)
  const [least, most] = [percent(Math.min(...shares)), percent(Math.max(...shares))]
  const addresses = [...new Set(ends.map(({ address }) => address ?? 'an unknown address'))]
  const more = addresses.length > SHOWN ? ` and ${addresses.length - SHOWN} more` : ''
  const where = first.podNode === null ? '' : ` on ${first.podNode}`
  const masqueraded = first.masqueraded === true ? ', source masqueraded' : masquerade(first)
  return `${ends.length} ${first.verdict}${where}, ${least === most ? least : `${least} to ${most}`} each${masqueraded}: ${addresses.slice(0, SHOWN).join(', ')}${more}`
}

/** What an ingress controller does then, a sentence each. */
export function beyondText({ beyond }: AnswerOutcome): string[] {
  if (!beyond) return []
  const routes = beyond.routes.map((route, index) => {
    const { service, port, endpoints, share, conditions, note } = route
    const part = share === 1 ? '' : ` (${percent(share)})`
    const sent = note || `dialling ${endpoints.map((each) => `${each.address} (${percent(each.share)})`).join(', ')}`
    const supposed = conditions.length === 0 ? '' : `, if ${conditions.join(' and ')}`
    return `${index === 0 ? 'then' : 'else'} ${beyond.by}, by ${ruleText(route)}${supposed}: Service ${service}:${port}${part}, ${sent}`
  })
  return [
    ...routes,
    ...beyond.unknown.map((text, index) => (routes.length === 0 && index === 0 ? `then ${beyond.by}: ${text}` : text))
  ]
}

function ruleText({ kind, ingress, host, path, rule }: NonNullable<AnswerOutcome['beyond']>['routes'][number]): string {
  if (kind === 'Ingress') return `Ingress ${ingress} (host ${host || 'any'}, path ${path || 'any'})`
  return `${kind} ${ingress}${rule === '' ? '' : ` (${rule})`}`
}
