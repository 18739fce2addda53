import { type Diff, SECTIONS } from '../../ask/diff/change.ts'
import { eventsOf } from '../../ask/diff/events.ts'
import { htmlText } from '../format/html-text.ts'
import { type AlikeObjects, alikeObjects, diffSummary, titleOf } from './alike.ts'
import { eventLines } from './event-text.ts'
import { trafficLines } from './traffic-text.ts'
import { unknownLines } from './unknown-text.ts'

const STYLE = `:root { color-scheme: light dark }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 75rem; margin: 1.5rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem } h2 { font-size: 1rem; border-bottom: 1px solid #8886; padding-bottom: .2rem; margin-top: 2rem }
article { margin: .8rem 0; padding-left: .8rem; border-left: 3px solid #8886; overflow-wrap: anywhere } article.alarming { border-color: #c33 }
h3 { font-size: 1rem; margin: 0 } ul { margin: .2rem 0; padding-left: 1.2rem }
pre { overflow-x: auto; font-size: .85rem; margin: .3rem 0 } pre span { display: block }
.added { background: #2a72 } .removed { background: #c332 }
@media print { article { break-inside: avoid } pre { white-space: pre-wrap } }`

/** One page without a script, that asks for nothing from anywhere; what a snapshot holds stands in it as text. */
export function diffHtml(diff: Diff, { rules }: { rules: boolean }): string {
  const title = `${diff.before} → ${diff.after}`
  const sections = SECTIONS.flatMap((section) => {
    const groups = alikeObjects(section, diff, rules)
    return groups.length === 0 ? [] : [part(titleOf(section).toUpperCase(), groups.map(article).join('\n'))]
  })
  const events = eventLines(eventsOf(diff))
  const parts = [
    ...(events.length > 0 ? [part('IN SHORT', list(events))] : []),
    ...sections,
    ...(diff.traffic
      ? [
          part(
            'TRAFFIC',
            `<p>First packets of connections between the two snapshots, as the counters prove them.</p>${list(trafficLines(diff.traffic))}`
          )
        ]
      : []),
    ...(diff.unknown.length > 0
      ? [part('UNKNOWN', `<p>What could not be compared.</p>${list(unknownLines(diff))}`)]
      : [])
  ]
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${htmlText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${htmlText(title)}</h1>
<p>${htmlText(diffSummary(diff))}</p>
${parts.join('\n')}
</main>
</body>
</html>
`
}

function part(title: string, body: string): string {
  return `<section aria-label="${htmlText(title)}">\n<h2>${htmlText(title)}</h2>\n${body}\n</section>`
}

function article({ objects, lines, raw, isAlarming }: AlikeObjects): string {
  const rules = raw.length === 0 ? '' : `<pre>${raw.map(rule).join('')}</pre>`
  return `<article${isAlarming ? ' class="alarming"' : ''}><h3>${htmlText(objects.join(', '))}</h3>${list(lines)}${rules}</article>`
}

function rule(line: string): string {
  const change = line.startsWith('+ ') ? ' class="added"' : line.startsWith('− ') ? ' class="removed"' : ''
  return `<span${change}>${htmlText(line)}</span>`
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${htmlText(line)}</li>`).join('')}</ul>`
}
