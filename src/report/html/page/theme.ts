import { html } from '../markup.ts'
import { setMarkup } from './elements.ts'

const CHOICES = ['auto', 'light', 'dark'] as const

/** Colours as the system has them, or as chosen; the choice is kept where the browser keeps anything for a file. */
export function addThemeSwitch(): void {
  const place = document.getElementById('switch')!
  setMarkup(
    place,
    html`<label>Colours <select>${CHOICES.map((choice) => html`<option value="${choice}">${choice}</option>`)}</select></label>`
  )
  const select = place.querySelector('select')!
  const choose = (choice: string): void => {
    if (choice === 'auto') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = choice
  }
  select.value = CHOICES.find((choice) => choice === remembered()) ?? 'auto'
  choose(select.value)
  select.addEventListener('change', () => {
    choose(select.value)
    remember(select.value)
  })
}

const KEY = 'snap-report-theme'

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

function remember(choice: string): void {
  try {
    localStorage.setItem(KEY, choice)
  } catch {
    // Some browsers keep nothing for a page from a file.
  }
}
