import type { Backend, ItemKind } from '../../collect/item.ts'
import type { ApiName } from '../../kinds/kinds.ts'

/** What a file of another collector's archive holds. */
export type Content =
  /** Objects of the API, one or a list, as JSON or YAML. */
  | { readonly objects: ApiName /** Objects of other kinds stand beside them. */; readonly mixed?: true }
  /** What a program printed on a node. `convert` brings it into the form that snap collects itself. */
  | {
      readonly dump: ItemKind
      readonly backend?: Backend
      readonly command: readonly string[]
      readonly convert?: (text: string) => string /** Why it is never all there was. */
      readonly part?: string
    }
  /** What this kubectl command printed, as a table. */
  | { readonly table: readonly string[] }

export interface Rule {
  /** Of the path below the archive's own folder. Its groups `node` and `namespace` say whose the content is. */
  readonly path: RegExp
  readonly is: Content
}

/** How another collector lays out its archive. */
export interface Layout {
  /** `Rancher log collection`, as it stands in reasons: `not in this Rancher log collection`. */
  readonly name: string
  /** The end of a path that every such archive has; what stands before it is the archive's own folder. */
  readonly marker: RegExp
  /** A path below that folder that it has as well. */
  readonly also?: RegExp
  /** In the order of preference where two say the same of one node. */
  readonly rules: readonly Rule[]
  /** The file with what `uname -a` printed, where the archive is of one node. */
  readonly uname?: string
  /** The file that begins with the time of the collection. */
  readonly timestamp?: string
  /**
   * Whether a list is whole: `each-namespace` where every namespace of the cluster has a file of its own,
   * `untold` where the archive does not say what was left out.
   */
  readonly lists: 'each-namespace' | 'untold'
  /** It has all nodes, whatever else it left out. */
  readonly allNodes?: true
}

/** One file that is to be read. */
export interface Source {
  /** In the archive. */
  readonly path: string
  readonly is: Content
  readonly node: string | null
  readonly namespace: string | null
}

export interface Found {
  readonly layout: Layout
  readonly sources: readonly Source[]
  /** The archive's own folder, with its `/`; empty where it is at the top. */
  readonly root: string
  /** What a person should know of how it was read. */
  readonly notes?: readonly string[]
}

/** The layout of an archive with these paths; null where none fits. */
export function findLayout(paths: ReadonlySet<string>, layouts: readonly Layout[]): Found | null {
  for (const layout of layouts) {
    const roots = [...paths].flatMap((path) => rootOf(path, layout.marker) ?? [])
    const root = roots.sort((a, b) => a.length - b.length)[0]
    if (root === undefined) continue
    if (
      layout.also !== undefined &&
      ![...paths].some((path) => path.startsWith(root) && layout.also!.test(path.slice(root.length)))
    )
      continue
    const sources = [...paths]
      .filter((path) => path.startsWith(root))
      .flatMap((path) => sourceOf(path, root, layout.rules) ?? [])
    return { layout, sources: sources.sort((a, b) => (a.path < b.path ? -1 : 1)), root }
  }
  return null
}

function rootOf(path: string, marker: RegExp): string | null {
  const match = marker.exec(path)
  return match !== null && (match.index === 0 || path[match.index - 1] === '/') ? path.slice(0, match.index) : null
}

function sourceOf(path: string, root: string, rules: readonly Rule[]): Source | null {
  for (const { path: pattern, is } of rules) {
    const match = pattern.exec(path.slice(root.length))
    if (match !== null)
      return { path, is, node: match.groups?.['node'] ?? null, namespace: match.groups?.['namespace'] ?? null }
  }
  return null
}
