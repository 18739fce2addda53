import { html } from '../markup.ts'
import { unpackService } from '../pack.ts'
import type { PageData } from '../page-data.ts'
import { servicePicture } from '../picture/service.ts'
import { SEVERITY_WORDS } from '../severity.ts'
import { changeHistory } from './change-history.ts'
import { setMarkup, settled } from './elements.ts'
import { chosenServices, isWrong } from './service-filter.ts'
import { VirtualList } from './virtual-list.ts'

/** The list of Services with its filter, and the picture of the one that is chosen. */
export function showServices(data: PageData): void {
  const place = document.getElementById('explorer')!
  place.removeAttribute('aria-live')
  if (data.services.length === 0) {
    setMarkup(place, html`<p class="empty">The snapshot lists no Service.</p>`)
    return
  }
  const namespaces = [...new Set(data.services.map(([namespace]) => namespace))].sort()
  const changedIn = data.snapshots.filter((_, at) => (data.changed[at]?.length ?? 0) > 0).reverse()
  setMarkup(
    place,
    html`<form role="search" aria-label="Filter Services"><label class="wide">Search <input type="search" name="text" placeholder="namespace, name, IP address, pod…" autocomplete="off"></label>
<label>Namespace <select name="namespace"><option value="">all</option>${namespaces.map((name) => html`<option value="${name}">${name}</option>`)}</select></label>
<label>State <select name="state"><option value="">all</option><option value="error">with errors</option><option value="found">with findings</option><option value="wrong">wrong ways in the picture</option><option value="clean">without findings</option></select></label>
${changedIn.length > 0 && html`<label>Changed in <select name="changed"><option value="">any snapshot</option>${changedIn.map((name) => html`<option value="${name}">${name}</option>`)}</select></label>`}<button type="reset">Show all</button></form>
<p class="soft" role="status"></p>
<div class="explorer"><div class="list" role="listbox" tabindex="0" aria-label="Services"></div><article class="service" tabindex="-1" aria-live="polite"></article></div>`
  )
  new Explorer(place, data)
}

class Explorer {
  private readonly data: PageData
  private readonly form: HTMLFormElement
  private readonly status: Element
  private readonly article: HTMLElement
  private readonly list: VirtualList

  constructor(place: HTMLElement, data: PageData) {
    this.data = data
    this.form = place.querySelector('form')!
    this.status = place.querySelector('[role=status]')!
    this.article = place.querySelector('article')!
    this.list = new VirtualList(
      place.querySelector('.list')!,
      (service) => this.option(service),
      (service) => this.go(service)
    )
    this.form.addEventListener(
      'input',
      settled(() => this.filter())
    )
    this.form.addEventListener('reset', () => setTimeout(() => this.filter()))
    this.form.addEventListener('submit', (event) => event.preventDefault())
    window.addEventListener('hashchange', () => this.follow())
    document.addEventListener('keydown', (event) => this.slash(event))
    this.filter()
    this.follow()
    if (this.list.chosen < 0) this.show(this.worst())
  }

  /** The first with the most errors: what people come for. */
  private worst(): number {
    return this.data.found.reduce((worst, [errors], at) => (errors > this.data.found[worst]![0] ? at : worst), 0)
  }

  private filter(): void {
    const form = new FormData(this.form)
    const one = (name: string) => String(form.get(name) ?? '')
    const shown = chosenServices(this.data, {
      text: one('text'),
      namespace: one('namespace'),
      state: one('state'),
      changed: one('changed')
    })
    this.list.setItems(shown)
    this.status.textContent = `${shown.length.toLocaleString('en')} of ${this.data.services.length.toLocaleString('en')} Services${shown.length === 0 ? ': none fits' : ''}`
  }

  private option(at: number) {
    const [namespace, service, type] = this.data.services[at]!
    const marks = SEVERITIES.map(
      (severity, index) =>
        this.data.found[at]![index]! > 0 &&
        html`<span class="severity ${severity}">${SEVERITY_WORDS[severity].sign} ${this.data.found[at]![index]}<span class="hidden"> ${SEVERITY_WORDS[severity].many}</span></span>`
    )
    return html`<span class="option-name">${service}</span> <span class="marks">${marks}</span><br><span class="soft">${namespace} · ${type ?? 'type not known'}</span>`
  }

  private go(at: number): void {
    const [namespace, service] = this.data.services[at]!
    history.replaceState(null, '', `#service/${encodeURIComponent(namespace)}/${encodeURIComponent(service)}`)
    this.show(at)
  }

  /** `#service/demo/web` shows a Service, `#changed/2026-11-23T12-00-00Z` those that changed then. */
  private follow(): void {
    const [kind, ...rest] = location.hash.slice(1).split('/').map(safeDecode)
    if (kind === 'service') this.followService(rest.join('/'))
    if (kind === 'changed') {
      this.form.reset()
      const choice = this.form.elements.namedItem('changed')
      if (choice instanceof HTMLSelectElement) choice.value = rest[0] ?? ''
      this.filter()
      document.getElementById('services')!.scrollIntoView()
    }
  }

  private followService(name: string): void {
    const at = this.data.services.findIndex(([namespace, service]) => `${namespace}/${service}` === name)
    if (at < 0) setMarkup(this.article, html`<h3>${name}</h3><p>This snapshot lists no Service of this name.</p>`)
    else this.show(at)
    document.getElementById('services')!.scrollIntoView()
    this.article.focus({ preventScroll: true })
  }

  private show(at: number): void {
    const service = unpackService(this.data.services[at]!, this.data.sets)
    const found = this.data.found[at]!.some((count) => count > 0)
    const name = `${service.namespace}/${service.service}`
    setMarkup(
      this.article,
      html`<h3>${name}</h3>
${found && html`<p>${SEVERITIES.map((severity, index) => counted(severity, this.data.found[at]![index]!))}<button type="button" class="link">Show them</button></p>`}
${isWrong(service, this.data.known) && html`<p class="notice error">Rules and objects do not agree: see what is marked below.</p>`}
${servicePicture(service, this.data.known)}${changeHistory(this.data, name)}`
    )
    this.article.querySelector('button.link')?.addEventListener('click', () => searchFindings(name))
    this.list.choose(at)
  }

  private slash(event: KeyboardEvent): void {
    if (event.key !== '/' || (event.target as HTMLElement).matches('input, select, textarea')) return
    event.preventDefault()
    this.form.querySelector<HTMLInputElement>('[type=search]')!.focus()
  }
}

const SEVERITIES = ['error', 'warn', 'info'] as const

function counted(severity: (typeof SEVERITIES)[number], count: number) {
  const { one, many, sign } = SEVERITY_WORDS[severity]
  return (
    count > 0 &&
    html`<span class="severity ${severity}"><span aria-hidden="true">${sign}</span> ${count} ${count === 1 ? one : many}</span> `
  )
}

function searchFindings(name: string): void {
  const field = document.querySelector<HTMLInputElement>('#finding-filter [name=text]')
  if (!field) return
  field.form!.reset()
  field.value = name
  field.dispatchEvent(new Event('input', { bubbles: true }))
  document.getElementById('findings')!.scrollIntoView()
  field.focus({ preventScroll: true })
}

/** A link that somebody mistyped is no reason to fail. */
function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
