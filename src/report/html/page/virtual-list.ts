import { html, type Markup } from '../markup.ts'
import { setMarkup } from './elements.ts'

/** Pixels of a row; the style sheet says the same. */
const ROW = 46
/** Rows that are made beyond what is seen. */
const SPARE = 8

/** A listbox that makes only the rows that are seen: ten thousand of them cost as little as thirty. */
export class VirtualList {
  chosen = -1
  private items: readonly number[] = []
  private readonly box: HTMLElement
  private readonly rows: HTMLElement
  private readonly show: (item: number) => Markup
  private readonly open: (item: number) => void

  /** `show`: what stands in an item's row; `open`: the item was chosen. */
  constructor(box: HTMLElement, show: (item: number) => Markup, open: (item: number) => void) {
    this.box = box
    this.show = show
    this.open = open
    this.rows = document.createElement('div')
    this.rows.className = 'rows'
    this.rows.setAttribute('role', 'presentation')
    box.append(this.rows)
    box.addEventListener('scroll', () => this.draw(), { passive: true })
    box.addEventListener('keydown', (event) => this.key(event))
    box.addEventListener('click', (event) => this.click(event))
    new ResizeObserver(() => this.draw()).observe(box)
  }

  setItems(items: readonly number[]): void {
    this.items = items
    this.rows.style.height = `${items.length * ROW}px`
    this.box.scrollTop = 0
    this.draw()
  }

  /** Marks an item and brings it into view; it need not be among those shown. */
  choose(item: number): void {
    this.chosen = item
    const place = this.items.indexOf(item)
    if (place >= 0) {
      const [top, bottom] = [place * ROW, (place + 1) * ROW]
      if (top < this.box.scrollTop) this.box.scrollTop = top
      else if (bottom > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = bottom - this.box.clientHeight
    }
    this.draw()
  }

  private draw(): void {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - SPARE)
    const last = Math.min(this.items.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + SPARE)
    const rows = this.items.slice(first, last).map((item, index) => {
      const place = first + index
      return html`<div class="option" role="option" id="option-${item}" data-item="${item}" aria-selected="${item === this.chosen ? 'true' : 'false'}" aria-setsize="${this.items.length}" aria-posinset="${place + 1}">${this.show(item)}</div>`
    })
    setMarkup(this.rows, html`<div class="before"></div>${rows}`)
    this.rows.querySelector<HTMLElement>('.before')!.style.height = `${first * ROW}px`
    if (this.rows.querySelector(`#option-${this.chosen}`))
      this.box.setAttribute('aria-activedescendant', `option-${this.chosen}`)
    else this.box.removeAttribute('aria-activedescendant')
  }

  private key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW) - 1)
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity
    }
    const step = steps[event.key]
    if (step === undefined || this.items.length === 0) return
    event.preventDefault()
    const place = this.items.indexOf(this.chosen)
    const next = place < 0 ? 0 : Math.min(this.items.length - 1, Math.max(0, place + step))
    this.open(this.items[next]!)
  }

  private click(event: Event): void {
    const option = (event.target as HTMLElement).closest<HTMLElement>('.option')
    if (option) this.open(Number(option.dataset['item']))
  }
}
