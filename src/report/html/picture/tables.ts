import { html, type Markup } from '../markup.ts'
import type { JudgedPort } from './judge.ts'
import {
  ENDPOINT_WORDS,
  endpointText,
  frontendAddress,
  frontendSentences,
  KINDS,
  readiness,
  shareText,
  where
} from './words.ts'

/** What the picture shows, in words: for whoever cannot see it, and to copy from. */
export function portTables({ port, frontends, endpoints, nodes }: JudgedPort): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Frontends of port ${port.port}"><table>
<thead><tr><th scope="col">Frontend</th><th scope="col">Address</th><th scope="col">Its packets are</th></tr></thead>
<tbody>${frontends.map((frontend) => html`<tr><td>${KINDS[frontend.frontend.kind] ?? frontend.frontend.kind}</td><td class="mono">${frontendAddress(frontend)}</td><td>${frontendSentences(frontend, nodes).map((line) => html`<div>${line}${frontend.isWrong && ', although endpoints are ready'}</div>`)}</td></tr>`)}</tbody></table></div>
${port.chains.length > 0 && html`<p class="soft">Chains: ${port.chains.map(({ chain, nodes: on }, index) => html`${index > 0 && ', '}<span class="mono">${chain}</span> ${where(on, nodes.length > 0 ? nodes : on)}`)}</p>`}
<div class="scroll" role="region" tabindex="0" aria-label="Endpoints of port ${port.port}"><table>
<thead><tr><th scope="col">Endpoint</th><th scope="col">State</th><th scope="col">Listed as</th><th scope="col">Share</th><th scope="col">Pod</th><th scope="col">Node</th><th scope="col">Chain</th></tr></thead>
<tbody>${endpoints.map((judged) => html`<tr class="mark-${judged.mark}"><td class="mono">${judged.endpoint.address}</td><td>${ENDPOINT_WORDS[judged.mark].sign} ${endpointText(judged, nodes)}</td><td>${readiness(judged.endpoint)}</td><td>${shareText(judged.share)}</td><td>${judged.endpoint.pod ?? '?'}</td><td>${judged.endpoint.node ?? '?'}</td><td class="mono">${judged.endpoint.chain ?? ''}</td></tr>`)}</tbody></table></div>`
}
