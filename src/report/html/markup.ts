import { htmlText } from '../format/html-text.ts'

/** HTML or SVG that is safe to write out: made by `html` only, so that no text of a snapshot ever is one. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = Markup | string | number | false | null | undefined | readonly Content[]

/** A template whose values are text, and are shown as such whatever they hold, unless they are markup themselves. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.map((part, index) => (index === 0 ? part : markup(values[index - 1]) + part)).join(''))
}

function markup(value: Content): string {
  if (value instanceof Markup) return value.text
  if (value === false || value === null || value === undefined) return ''
  return typeof value === 'object' ? value.map(markup).join('') : htmlText(String(value))
}
