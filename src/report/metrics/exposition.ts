import { visible } from '../format/cell.ts'

/** A gauge in Prometheus' text format. `samples`: labels, as they stand between the braces, and a value. */
export function metric(
  name: string,
  help: string,
  samples: readonly (readonly [labels: string, value: number])[]
): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${samples.map(([labels, value]) => `${name}{${labels}} ${value}\n`).join('')}`
}

/** A label's value, fit to stand between quotes. */
export function label(text: string): string {
  return visible(text).replace(/[\\"]/g, '\\$&')
}
