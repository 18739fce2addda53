import type { CheckResult, Finding } from '../../../ask/check/finding.ts'
import type { Report } from '../../../ask/report/report.ts'
import { plural } from '../../diff/words.ts'
import { type AlikeFindings, alikeFindings, sharedDoubt } from '../../findings/alike.ts'
import { cellText } from '../../format/cell.ts'
import { jsonLine } from '../../format/json.ts'
import { namespaceOf, objectLink } from '../links.ts'
import { html, type Markup } from '../markup.ts'
import { severityMark } from '../severity.ts'

/** Every finding, the worst first; what is alike is told once. The page's script adds the filter. */
export function findingsSection(report: Report): Markup {
  const found = report.results.filter(({ findings }) => findings.length > 0)
  const half = report.results.filter(({ gaps }) => gaps.length > 0).length
  return html`<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>
<div id="finding-filter"></div>
${found.map((result) => checkBlock(result, report))}
${found.length === 0 && html`<p class="empty">${report.results.length} checks found nothing${half > 0 && html`; ${half} of them <a href="#unseen">could not see everything</a>, so there may be more`}.</p>`}</section>`
}

function checkBlock({ check, findings: all }: CheckResult, report: Report): Markup {
  const { doubt, findings } = sharedDoubt(all)
  return html`<section class="check ${check.severity}" id="check-${check.code}" data-code="${check.code}" data-severity="${check.severity}" aria-labelledby="title-${check.code}">
<h3 id="title-${check.code}">${severityMark(check.severity)} <span class="code">${check.code}</span> ${check.title} <span class="soft count">${plural(findings.length, 'finding')}</span></h3>
${check.explanation !== '' && html`<p class="explanation">${check.explanation}</p>`}
<p class="fix"><b>What to do:</b> ${check.fix}</p>
${doubt !== '' && html`<p class="soft">Unsure: ${doubt}</p>`}
${alikeFindings(findings).map((group) => findingBlock(group, report))}</section>`
}

function findingBlock(group: AlikeFindings, report: Report): Markup {
  const { objects, nodes, message, findings } = group
  const one = objects.length === 1
  return html`<article class="finding" data-nodes="${jsonLine(nodes)}">
<p class="said">${one && html`${objectItem(objects[0]!)}: `}${message}${!one && html`, ${objects.length} times:`}</p>
${!one && html`<ul class="objects">${objects.map((object) => html`<li>${objectItem(object)}</li>`)}</ul>`}
<p class="soft">${nodes.length > 0 && html`on ${nodes.length > 1 && html`${nodes.length} nodes: `}${nodes.join(', ')} · `}${standingText(findings, report)}</p>
${evidence(findings)}</article>`
}

function objectItem(object: string): Markup {
  return html`<span class="object" data-namespace="${namespaceOf(object)}">${objectLink(object)}</span>`
}

/** What the snapshots before prove, and no more. */
function standingText(findings: readonly Finding[], { standing, snapshot }: Report): string {
  const texts = new Set(
    findings.map((finding) => {
      const { since, isExact } = standing(finding)
      if (since.id === snapshot.id)
        return isExact
          ? 'new: the snapshot before did not have it'
          : 'since when is not known: the snapshot before was not checked'
      return `stands since ${isExact ? '' : 'at least '}${since.name}`
    })
  )
  return texts.size === 1 ? [...texts][0]! : [...texts].map((text) => `some: ${text}`).join('; ')
}

/** The rows that prove it, one a finding. */
function evidence(findings: readonly Finding[]): Markup | false {
  const columns = [...new Set(findings.flatMap((finding) => Object.keys(finding.evidence)))]
  if (columns.length === 0) return false
  const several = findings.length > 1
  const hasNode = several && findings.some(({ node }) => node !== null)
  return html`<details class="evidence"><summary>Evidence</summary><div class="scroll" role="region" tabindex="0" aria-label="Evidence"><table>
<thead><tr>${several && html`<th scope="col">object</th>`}${hasNode && html`<th scope="col">node</th>`}${columns.map((column) => html`<th scope="col">${column.replaceAll('_', ' ')}</th>`)}</tr></thead>
<tbody>${findings.map(({ object, node, evidence: row }) => html`<tr>${several && html`<th scope="row">${object}</th>`}${hasNode && html`<td>${node ?? ''}</td>`}${columns.map((column) => html`<td>${cellText(row[column])}</td>`)}</tr>`)}</tbody></table></div></details>`
}
