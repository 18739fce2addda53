import { SEVERITIES } from '../../../ask/check/definition.ts'
import type { Report } from '../../../ask/report/report.ts'
import { plural } from '../../diff/words.ts'
import { unseenThings } from '../../findings/alike.ts'
import { html, type Markup } from '../markup.ts'
import { SEVERITY_WORDS, severityMark } from '../severity.ts'
import { shortTime } from '../time.ts'
import { changesSummary } from './changes.ts'

/** What to know first: how bad it is, where, how much of the cluster was seen at all, and what changed. */
export function overviewSection(report: Report): Markup {
  const { snapshot, quality } = report
  return html`<section id="overview" aria-labelledby="overview-title"><h2 id="overview-title">Overview</h2>
<div class="tiles">${SEVERITIES.map((severity) => severityTile(report, severity))}${unseenTile(report)}</div>
${headline(report)}
<div class="panels">
<section class="panel" aria-labelledby="found-title"><h3 id="found-title">What the checks found</h3>${topChecks(report)}</section>
<section class="panel" aria-labelledby="changed-title"><h3 id="changed-title">What changed</h3>${changesSummary(report)}</section>
<section class="panel" aria-labelledby="snapshot-title"><h3 id="snapshot-title">The snapshot</h3><dl>
<dt>Begun</dt><dd>${shortTime(snapshot.takenAt)}</dd><dt>Ended</dt><dd>${shortTime(quality.endedAt)}</dd>
${quality.counts.map(({ name, count }) => html`<dt>${name}</dt><dd>${count === null ? html`<b>?</b> <span class="soft">not listed whole</span>` : count.toLocaleString('en')}</dd>`)}
<dt>Collected by</dt><dd>${quality.tool}${snapshot.pasted && ', from pasted text: most of the cluster is not known'}</dd></dl></section>
<section class="panel" aria-labelledby="quality-title"><h3 id="quality-title">How much was seen</h3>${qualityText(report)}</section>
</div></section>`
}

function severityTile({ results, standing, snapshot }: Report, severity: (typeof SEVERITIES)[number]): Markup {
  const findings = results.flatMap((result) => (result.check.severity === severity ? result.findings : []))
  const known = findings.map((finding) => standing(finding))
  const fresh = known.filter(({ since, isExact }) => isExact && since.id === snapshot.id).length
  const undated = known.filter(({ since, isExact }) => !isExact && since.id === snapshot.id).length
  const { one, many, sign } = SEVERITY_WORDS[severity]
  const of = results.filter(({ check }) => check.severity === severity)
  const half = of.filter(({ gaps }) => gaps.length > 0).length
  // None found by checks that could all not see everything is no answer.
  const number = findings.length === 0 && half === of.length ? '?' : findings.length.toLocaleString('en')
  const age =
    findings.length === 0
      ? half === 0
        ? 'all was seen'
        : `none found, but ${half} of ${plural(of.length, 'check')} could not see everything`
      : undated === findings.length
        ? 'since when is not known'
        : undated > 0
          ? `${fresh} new, of ${undated} not known`
          : `${fresh} new`
  return html`<a class="tile ${findings.length > 0 ? severity : half > 0 ? 'unseen' : 'none'}" href="#findings" data-severity="${severity}"><span class="number">${number}</span><span class="what"><span aria-hidden="true">${sign}</span> ${findings.length === 1 ? one : many}</span><span class="soft">${age}</span></a>`
}

function unseenTile({ results }: Report): Markup {
  const things = unseenThings(results).length
  const half = results.filter(({ gaps }) => gaps.length > 0).length
  return html`<a class="tile ${things > 0 ? 'unseen' : 'none'}" href="#unseen"><span class="number">${things}</span><span class="what"><span aria-hidden="true">?</span> not seen</span><span class="soft">${half === 0 ? `all ${results.length} checks saw everything` : `${half} of ${results.length} checks could not see everything`}</span></a>`
}

/** One node that has most of the errors is worth a sentence. */
function headline({ results, quality }: Report): Markup | false {
  const errors = results.flatMap((result) => (result.check.severity === 'error' ? result.findings : []))
  const byNode = new Map<string, number>()
  for (const { node } of errors) if (node !== null) byNode.set(node, (byNode.get(node) ?? 0) + 1)
  const [worst] = [...byNode].sort((a, b) => b[1] - a[1])
  if (!worst || quality.nodes.length < 2 || worst[1] <= errors.length / 2 || errors.length < 3) return false
  return html`<p class="headline"><b>${worst[0]}</b> stands out: ${worst[1]} of ${errors.length} errors are on this one of ${quality.nodes.length} nodes.</p>`
}

function topChecks({ results }: Report): Markup {
  const found = results.filter(({ findings }) => findings.length > 0)
  const clean = results.filter(({ findings, gaps }) => findings.length === 0 && gaps.length === 0).length
  const unsure = results.length - found.length - clean
  return html`<ul class="top">${found.map(({ check, findings }) => html`<li><a href="#check-${check.code}">${severityMark(check.severity)} <span>${check.title}</span></a> <b>${findings.length.toLocaleString('en')}</b></li>`)}</ul>
<p class="soft">${plural(clean, 'check')} found nothing and saw everything they needed${unsure > 0 && `; ${unsure} found nothing, but could not see everything`}. <a href="#checks">All checks by node</a></p>`
}

function qualityText({ quality: { complete, notWhole, issueCount }, results }: Report): Markup {
  const all = complete + notWhole.length
  const failed = notWhole.filter(({ status }) => status === 'failed').length
  const wanted = unseenThings(results)
  return html`<p><b>${complete} of ${all}</b> things that were asked for were read whole${notWhole.length > 0 && html`, ${notWhole.length - failed} in part, ${failed} not at all`}.</p>
${wanted.length > 0 && html`<p>Checks needed and did not get:</p><ul>${wanted.slice(0, 4).map(({ gap }) => html`<li>${gap.subject}: ${gap.reason}</li>`)}</ul>`}
<p class="soft">${issueCount > 0 && `${plural(issueCount, 'problem')} in collection and import. `}<a href="#unseen">All of it</a></p>`
}
