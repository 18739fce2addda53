import { NEWEST, OLDEST, type VersionRange } from './behaviour.ts'

/** What of a node's nat and filter tables tells kube-proxy's version (chain history: see chain-kinds.ts). */
export interface Layout {
  /** How many chains there are of each kind of `chainKind`. */
  readonly kinds: ReadonlyMap<string, number>
  /** Rules of nat KUBE-SERVICES mark what comes from outside the pod network (up to 1.21; later they stand in KUBE-SVC chains). */
  readonly marksInServices: boolean
  /** KUBE-SVC chains do (from 1.22 on). */
  readonly marksInChains: boolean
  /** `-m physdev` before external IPs (up to 1.20). */
  readonly physdev: boolean
}

/** The versions that write such rules. KUBE-XLB may be left over from before an upgrade, KUBE-EXT is never there too early. */
export function versionsOfLayout({ kinds, marksInServices, marksInChains, physdev }: Layout): VersionRange {
  const has = (kind: string): boolean => (kinds.get(kind) ?? 0) > 0
  // Chains of a newer kube-proxy beside the rules of an older one: one of them is left over.
  if ((has('proxy-firewall') || has('external') || has('local')) && (physdev || marksInServices))
    return { from: OLDEST, to: NEWEST }
  if (has('proxy-firewall')) return { from: 25, to: NEWEST }
  // A filter table without kube-proxy's chains was flushed, and tells nothing.
  if (has('external') || has('local')) return { from: 24, to: has('external-services') ? 24 : NEWEST }
  if (physdev) return { from: OLDEST, to: 20 }
  if (marksInServices) return { from: OLDEST, to: 21 }
  return { from: marksInChains ? 22 : OLDEST, to: 23 }
}

/** `v1.28.3`, `registry.k8s.io/kube-proxy:v1.28.3`, `v1.24.4+k3s1` → 28, 28, 24. */
export function minorVersion(text: string): number | undefined {
  const minor = /\bv1\.(\d+)\.\d+/.exec(text)?.[1]
  return minor === undefined ? undefined : Number(minor)
}

/** A version that is told counts where the rules do not say otherwise: a node's kubelet is not its kube-proxy. */
export function narrowed(layout: VersionRange, told: number | undefined): VersionRange {
  return told !== undefined && told >= layout.from && told <= layout.to ? { from: told, to: told } : layout
}
