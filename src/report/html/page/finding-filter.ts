import { html } from '../markup.ts'
import { SEVERITY_WORDS } from '../severity.ts'
import { all, setMarkup, settled } from './elements.ts'

interface Chosen {
  readonly severities: ReadonlySet<string>
  readonly code: string
  readonly namespace: string
  readonly node: string
  readonly words: readonly string[]
}

interface Article {
  readonly element: HTMLElement
  readonly nodes: readonly string[]
  readonly text: string
  readonly objects: readonly { readonly element: HTMLElement; readonly namespace: string; readonly text: string }[]
}

interface Check {
  readonly element: HTMLElement
  readonly code: string
  readonly severity: string
  readonly text: string
  readonly articles: readonly Article[]
}

/** Filters the findings that stand on the page: what does not fit is hidden, and how much is left is said. */
export function addFindingFilter(): void {
  const checks = all('#findings section.check').map(readCheck)
  if (checks.length === 0) return
  const articles = checks.flatMap((check) => check.articles)
  const codes = checks.map(({ code }) => code)
  const namespaces = unique(
    articles.flatMap(({ objects }) => objects.map(({ namespace }) => namespace)).filter(Boolean)
  )
  const nodes = unique(articles.flatMap((article) => article.nodes))
  const place = document.getElementById('finding-filter')!
  setMarkup(
    place,
    html`<form role="search" aria-label="Filter findings">
<label class="wide">Search <input type="search" name="text" placeholder="words, address, pod…" autocomplete="off"></label>
<fieldset><legend>Severity</legend>${Object.entries(SEVERITY_WORDS).map(([severity, { many }]) => html`<label><input type="checkbox" name="severity" value="${severity}" checked> ${many}</label>`)}</fieldset>
${chooser('code', 'Check', codes)}${chooser('namespace', 'Namespace', namespaces)}${chooser('node', 'Node', nodes)}<button type="reset">Show all</button></form><p class="soft" role="status"></p>`
  )
  const form = place.querySelector('form')!
  const apply = (): void => {
    const shown = filterChecks(checks, chosenIn(form))
    place.querySelector('[role=status]')!.textContent =
      `${shown} of ${articles.reduce((sum, { objects }) => sum + objects.length, 0)} entries shown`
  }
  form.addEventListener('input', settled(apply))
  form.addEventListener('reset', () => setTimeout(apply))
  form.addEventListener('submit', (event) => event.preventDefault())
  for (const tile of all('a.tile[data-severity]')) {
    tile.addEventListener('click', () => {
      for (const box of all<HTMLInputElement>('[name=severity]', form))
        box.checked = box.value === tile.dataset['severity']
      apply()
    })
  }
  // A link to a check shows it, whatever is filtered.
  window.addEventListener('hashchange', () => {
    if (document.getElementById(location.hash.slice(1))?.closest('[hidden]')) form.reset()
  })
  apply()
}

function chooser(name: string, title: string, values: readonly string[]) {
  return (
    values.length > 1 &&
    html`<label>${title} <select name="${name}"><option value="">all</option>${values.map((value) => html`<option value="${value}">${value}</option>`)}</select></label>`
  )
}

function readCheck(element: HTMLElement): Check {
  const head = [...element.children]
    .filter((child) => child.tagName !== 'ARTICLE')
    .map((child) => child.textContent)
    .join(' ')
  return {
    element,
    code: element.dataset['code']!,
    severity: element.dataset['severity']!,
    text: head.toLowerCase(),
    articles: all('article', element).map(readArticle)
  }
}

function readArticle(element: HTMLElement): Article {
  return {
    element,
    nodes: JSON.parse(element.dataset['nodes']!) as string[],
    text: (element.textContent ?? '').toLowerCase(),
    objects: all('.object', element).map((object) => ({
      element: object.closest<HTMLElement>('li') ?? object,
      namespace: object.dataset['namespace']!,
      text: (object.textContent ?? '').toLowerCase()
    }))
  }
}

function chosenIn(form: HTMLFormElement): Chosen {
  const data = new FormData(form)
  const one = (name: string) => String(data.get(name) ?? '')
  return {
    severities: new Set(data.getAll('severity').map(String)),
    code: one('code'),
    namespace: one('namespace'),
    node: one('node'),
    words: one('text').toLowerCase().split(/\s+/).filter(Boolean)
  }
}

/** How many objects with findings are shown. */
function filterChecks(checks: readonly Check[], chosen: Chosen): number {
  let shown = 0
  for (const check of checks) {
    const fits = chosen.severities.has(check.severity) && (chosen.code === '' || chosen.code === check.code)
    const count = fits ? check.articles.reduce((sum, article) => sum + filterArticle(article, check, chosen), 0) : 0
    check.element.hidden = count === 0
    shown += count
  }
  return shown
}

function filterArticle(
  { element, nodes, text, objects }: Article,
  check: Check,
  { namespace, node, words }: Chosen
): number {
  const fits =
    (node === '' || nodes.includes(node)) && words.every((word) => text.includes(word) || check.text.includes(word))
  const left = fits ? objects.filter((object) => namespace === '' || object.namespace === namespace) : []
  for (const object of objects) if (object.element.tagName === 'LI') object.element.hidden = !left.includes(object)
  element.hidden = left.length === 0
  return left.length
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}
