import type { PictureService } from '../../../ask/report/services.ts'
import { html, type Markup } from '../markup.ts'
import { drawPort } from './draw.ts'
import { type JudgedPort, judgePort, type Known } from './judge.ts'
import { portTables } from './tables.ts'

/** A Service: what it is, and for each port the picture and the same in words. */
export function servicePicture(service: PictureService, known: Known): Markup {
  const ports = service.ports.map((port) => judgePort(service, port, known))
  return html`<p class="facts">${facts(service)}</p>
${ports.length === 0 && html`<p>${service.type === 'ExternalName' ? 'It stands for a DNS name: no rule is about it.' : 'It has no ports: no rule is about it.'}</p>`}
${ports.map(
  (
    port,
    index
  ) => html`<section class="port" aria-labelledby="port-${index}"><h4 id="port-${index}">${portTitle(port)}</h4>
${port.frontends.length === 0 && html`<p>${service.clusterIp === 'None' ? 'Headless: clients ask DNS for the endpoints, and no rule is about it.' : 'It has no address that rules could be about.'}</p>`}
<div class="scroll drawing" role="region" tabindex="0" aria-label="Picture of port ${port.port.port}">${drawPort(port, `drawing-${index}`)}</div>
${portTables(port)}</section>`
)}`
}

function portTitle({ port: { portName, port, protocol } }: JudgedPort): string {
  return `Port ${portName ? `${portName}, ` : ''}${port}/${protocol}`
}

function facts({
  type,
  clusterIp,
  externalName,
  internalTrafficPolicy,
  externalTrafficPolicy,
  sessionAffinity
}: PictureService): string {
  return [
    type ?? 'type not known',
    clusterIp === null ? 'cluster IP not known' : clusterIp && `cluster IP ${clusterIp}`,
    externalName && `stands for ${externalName}`,
    internalTrafficPolicy === 'Local' && 'internal traffic policy Local',
    externalTrafficPolicy === 'Local' && 'external traffic policy Local',
    sessionAffinity === 'ClientIP' && 'session affinity ClientIP'
  ]
    .filter(Boolean)
    .join(' · ')
}
