import type { Report } from '../../../ask/report/report.ts'
import { html, type Markup } from '../markup.ts'

/** Filled by the page's script from the data that the page carries. */
export function servicesSection({ services, gaps }: Report): Markup {
  return html`<section id="services" aria-labelledby="services-title"><h2 id="services-title">Services</h2>
${gaps.services.length > 0 && html`<p class="notice">Not all Services were seen: ${gaps.services.join('; ')}. What is not listed here may exist.</p>`}
${gaps.endpoints.length > 0 && html`<p class="notice">Not all endpoints were seen: ${gaps.endpoints.join('; ')}. Nothing is called stale or missing.</p>`}
<p class="notice script-less">The ${services.length} Services, their pictures and the filters need JavaScript. All findings, checks, changes and the timeline stand on this page without it.</p>
<div id="explorer" aria-live="polite"><p class="soft script-only">Reading ${services.length} Services…</p></div></section>`
}
