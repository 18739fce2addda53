import { createHash } from 'node:crypto'
import type { Report } from '../../ask/report/report.ts'
import { packedData } from './data.ts'
import { html, Markup } from './markup.ts'
import { changesSection } from './sections/changes.ts'
import { findingsSection } from './sections/findings.ts'
import { matrixSection } from './sections/matrix.ts'
import { overviewSection } from './sections/overview.ts'
import { servicesSection } from './sections/services.ts'
import { timelineSection } from './sections/timeline.ts'
import { unseenSection } from './sections/unseen.ts'
import { shortTime } from './time.ts'

/** What the build makes of `page/`. */
export interface Assets {
  readonly script: string
  readonly style: string
}

const SECTIONS: readonly (readonly [id: string, title: string])[] = [
  ['overview', 'Overview'],
  ['findings', 'Findings'],
  ['checks', 'Checks by node'],
  ['services', 'Services'],
  ['changes', 'Changes'],
  ['timeline', 'Timeline'],
  ['unseen', 'Not seen']
]

/**
 * The whole report as one file that asks nothing of any network: its policy allows its own script and style by their hash and
 * nothing else. All but the Services' pictures is written out, so that it is read, searched and printed without the script.
 */
export function reportDocument(report: Report, { script, style }: Assets): string {
  const { snapshot } = report
  return html`${new Markup('<!doctype html>\n')}<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">
<title>${snapshot.cluster} at ${shortTime(snapshot.takenAt)} – snap report</title>
<style>${new Markup(style)}</style></head>
<body><a class="skip" href="#main">Skip to the report</a>
<header><div class="top-bar"><div class="name"><b>${snapshot.cluster}</b> <span class="soft">snapshot</span> ${snapshot.name}</div><div id="switch"></div></div>
<nav aria-label="Parts of the report"><ul>${SECTIONS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav></header>
<main id="main" tabindex="-1"><h1>Service network of ${snapshot.cluster} <span class="soft">as snapshot ${snapshot.name} shows it</span></h1>
${overviewSection(report)}
${findingsSection(report)}
${matrixSection(report)}
${servicesSection(report)}
${changesSection(report)}
${timelineSection(report)}
${unseenSection(report)}</main>
<footer class="soft">Made by snap from what the snapshot holds. What it could not see is said where the answer would be.</footer>
<script type="application/octet-stream" id="data">${new Markup(packedData(report))}</script>
<script>${new Markup(script)}</script></body></html>
`.text
}

/** Throws: Error where the text would end its own element. */
function hashOf(text: string): Markup {
  if (/<\/(?:script|style)/i.test(text)) throw new Error('a script or style of the page holds its own end tag')
  return new Markup(`sha256-${createHash('sha256').update(text).digest('base64')}`)
}
