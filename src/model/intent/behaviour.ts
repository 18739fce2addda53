/**
 * What kube-proxy's iptables mode decides differently from version to version (pkg/proxy/iptables/proxier.go and
 * pkg/proxy/topology.go of 1.20 to 1.36), as far as it changes where packets go. Versions are minor numbers: 24 is 1.24.
 */
export interface Behaviour {
  /** Endpoints that terminate but still serve are used where none is ready (gate ProxyTerminatingEndpoints, on from 1.26). */
  readonly usesTerminating: boolean
  /**
   * What makes topology hints count: `annotated-auto` only on Services annotated topology-aware-hints: Auto, `annotated` on those
   * with any annotation but disabled, `zones` always (from 1.31), `nodes` hints for nodes too (from 1.34).
   */
  readonly hints: 'ignored' | 'annotated-auto' | 'annotated' | 'zones' | 'nodes'
  /** internalTrafficPolicy Local: not known before 1.21, held for node ports and load balancers too up to 1.23. */
  readonly internalPolicy: 'ignored' | 'everywhere' | 'cluster-ip'
  /** A Service for local callers without a local endpoint. */
  readonly noLocalInternal: 'rejected' | 'marked' | 'dropped'
  /** What has no local endpoint, or comes from a source that is not admitted. `marked`: KUBE-MARK-DROP, which stops no packet that the node forwards. */
  readonly refused: 'marked' | 'dropped'
  /** A Service with endpoints of which none is ready is refused; 1.22 and 1.23 may leave its packets alone. */
  readonly refusesUnready: boolean
  /** A pod's packets to an external IP are masqueraded; up to 1.23 that depends. */
  readonly masqueradesPods: boolean | 'unknown'
  /** Packets of the node itself to an external IP that is not its own are sent to endpoints (not up to 1.20). */
  readonly externalIpsFromNode: boolean
}

export interface VersionRange {
  readonly from: number
  readonly to: number
}

export const OLDEST = 20
export const NEWEST = 99

/** The versions at which something changed. */
const CHANGES = [20, 21, 22, 24, 25, 26, 27, 31, 34]

/** Every way in which a kube-proxy of these versions may behave. A gate that is off by default may have been set: both ways count. */
export function behavioursOf({ from, to }: VersionRange): Behaviour[] {
  const versions = CHANGES.filter((version, index) => version <= to && (CHANGES[index + 1] ?? NEWEST) > from)
  const all = versions.flatMap((version) => {
    const behaviour = behaviourOf(version)
    const gates = [behaviour]
    if (version >= 22 && version < 26) gates.push({ ...behaviour, usesTerminating: true })
    if (version >= 21 && version < 24) gates.push({ ...behaviour, hints: 'annotated-auto' as const })
    if (version === 21) gates.push({ ...behaviour, internalPolicy: 'everywhere' as const })
    return gates
  })
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()]
}

function behaviourOf(version: number): Behaviour {
  return {
    usesTerminating: version >= 26,
    hints:
      version >= 34
        ? 'nodes'
        : version >= 31
          ? 'zones'
          : version >= 27
            ? 'annotated'
            : version >= 24
              ? 'annotated-auto'
              : 'ignored',
    internalPolicy: version >= 24 ? 'cluster-ip' : version >= 22 ? 'everywhere' : 'ignored',
    noLocalInternal: version >= 25 ? 'dropped' : version >= 24 ? 'marked' : 'rejected',
    refusesUnready: version < 22 || version >= 24,
    refused: version >= 25 ? 'dropped' : 'marked',
    masqueradesPods: version >= 24 ? true : 'unknown',
    externalIpsFromNode: version >= 21
  }
}
