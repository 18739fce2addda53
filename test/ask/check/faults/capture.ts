import type { CollectedItem, ItemKind } from '../../../../src/collect/item.ts'

/** The object of a kubectl list, as loosely typed as the API's JSON is. */
export type Loose = any

/**
 * A healthy capture that a test breaks at one place. Every change must find what it changes: a fault that touches
 * nothing would test nothing.
 */
export class Capture {
  items: CollectedItem[]

  constructor(items: readonly CollectedItem[]) {
    this.items = [...items]
  }

  /** Alters the dump of a node. */
  dump(node: string, change: (text: string) => string, kind: ItemKind = 'iptables-save'): void {
    this.replace((item) => item.kind === kind && item.node === node, change)
  }

  /** Alters every dump of a pod, one a container. */
  podDumps(pod: string, change: (text: string) => string): void {
    this.replace((item) => item.kind === 'iptables-save' && item.pod === pod, change)
  }

  text(kind: ItemKind, change: (text: string) => string): void {
    this.replace((item) => item.kind === kind, change)
  }

  /** Alters one object of a list: `demo/web`, or a node's name. */
  object(kind: ItemKind, name: string, change: (object: Loose) => void): void {
    this.list(kind, (items) => {
      const found = items.filter(
        ({ metadata }: Loose) => `${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}` === name
      )
      if (found.length === 0) throw new Error(`no ${name} among the ${kind}`)
      found.forEach(change)
    })
  }

  /** Alters a list of objects; what `change` returns takes its place. */
  list(kind: ItemKind, change: (items: Loose[]) => Loose[] | void): void {
    this.replace(
      (item) => item.kind === kind,
      (text) => {
        const list = JSON.parse(text) as { items: Loose[] }
        list.items = change(list.items) ?? list.items
        return JSON.stringify(list)
      }
    )
  }

  /** Alters the endpoints of a Service's EndpointSlices, in the list before the dumps and in the one after. */
  endpoints(service: string, change: (endpoints: Loose[], slice: Loose) => Loose[] | void): void {
    const kinds: ItemKind[] = ['endpointslices', 'endpointslices-after']
    for (const kind of kinds.filter((each) => this.items.some((item) => item.kind === each))) {
      this.list(kind, (slices) => {
        const own = slices.filter(
          ({ metadata }) => `${metadata.namespace}/${metadata.labels['kubernetes.io/service-name']}` === service
        )
        if (own.length === 0) throw new Error(`no EndpointSlice of ${service}`)
        for (const slice of own) slice.endpoints = change(slice.endpoints ?? [], slice) ?? slice.endpoints
      })
    }
  }

  /** Removes items: what was never collected. */
  remove(which: (item: CollectedItem) => boolean): void {
    const kept = this.items.filter((item) => !which(item))
    if (kept.length === this.items.length) throw new Error('there is no such item to remove')
    this.items = kept
  }

  /** The content of one item. */
  read(which: (item: CollectedItem) => boolean): string {
    return this.items.find((item) => which(item) && item.content !== null)!.content!.toString('utf8')
  }

  replace(which: (item: CollectedItem) => boolean, change: (text: string) => string): void {
    let changed = 0
    this.items = this.items.map((item) => {
      if (!which(item) || item.content === null) return item
      const before = item.content.toString('utf8')
      const after = change(before)
      if (after !== before) changed += 1
      return { ...item, content: Buffer.from(after) }
    })
    if (changed === 0) throw new Error('the change changed nothing')
  }
}

/** The dump without the lines that match. */
export function without(pattern: RegExp): (text: string) => string {
  return (text) =>
    text
      .split('\n')
      .filter((line) => !pattern.test(line))
      .join('\n')
}

/** The dump with the first line that matches written twice, or followed by others. */
export function after(pattern: RegExp, ...lines: string[]): (text: string) => string {
  return (text) => {
    const all = text.split('\n')
    const index = all.findIndex((line) => pattern.test(line))
    if (index < 0) throw new Error(`no line matches ${pattern}`)
    return all.toSpliced(index + 1, 0, ...(lines.length > 0 ? lines : [all[index]!])).join('\n')
  }
}

export function before(pattern: RegExp, ...lines: string[]): (text: string) => string {
  return (text) => {
    const all = text.split('\n')
    const index = all.findIndex((line) => pattern.test(line))
    if (index < 0) throw new Error(`no line matches ${pattern}`)
    return all.toSpliced(index, 0, ...lines).join('\n')
  }
}

/** The dump with the first match replaced. */
export function alter(pattern: RegExp, replacement: string): (text: string) => string {
  return (text) => text.replace(pattern, replacement)
}

/** Several changes, one after another. */
export function all(...changes: ((text: string) => string)[]): (text: string) => string {
  return (text) => changes.reduce((result, change) => change(result), text)
}

/** One table of a dump without its rules (`iptables -F`); with `chains` without its own chains either (`-X`). */
export function flush(table: string, chains = false): (text: string) => string {
  return (text) => {
    let inside = false
    return text
      .split('\n')
      .filter((line) => {
        if (line.startsWith('*')) inside = line === `*${table}`
        return !inside || (!/^(\[\d+:\d+\] )?-A /.test(line) && !(chains && /^:\S+ - /.test(line)))
      })
      .join('\n')
  }
}
