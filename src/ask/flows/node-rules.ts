import type { Network } from '../../model/packet/address.ts'
import type { Backend, BothBackends, Family, Rules } from '../../model/packet/packet.ts'
import type { RuleLayer } from './layer.ts'
import { type Mentioned, together } from './mentioned.ts'
import type { Shape, Shapes } from './shape.ts'

/** One dump of a node, as its layers. */
export interface LayeredDump {
  /** What nodes share in front, the node's own after it. */
  readonly layers: readonly RuleLayer[]
  /** A table that is not there is absent, not unknown. */
  readonly whole: boolean
  readonly backend?: Backend
}

/** A node's rules as flows are computed from them. */
export interface NodeRules {
  readonly rules: Rules | BothBackends
  readonly mentioned: Mentioned
  /** Networks that the rules of this node name, and those it shares with others do not. */
  readonly ownNetworks: ReadonlyMap<string, Network>
  /** Undefined for an address that is its own case at this node. */
  shapeOf(address: string): Shape | undefined
  /** Whether the node's own rules name the address, which the shapes of the shared ones do not know. */
  namedByOwn(address: string): boolean
  /** Lets go of what was made for one Service. */
  forget(): void
}

/** `shapes`: of the layer the node shares with others; undefined where the dumps of two backends decide together. */
export function nodeRules(dumps: readonly LayeredDump[], family: Family, shapes: Shapes | undefined): NodeRules {
  const layers = dumps.flatMap((dump) => dump.layers)
  const [first, second] = dumps.map((dump) => rulesOf(dump, family))
  const [shared, ...own] = layers
  const ownMentioned = own.map(({ mentioned }) => mentioned)
  const ownNetworks = new Map(
    ownMentioned
      .flatMap(({ networks }) => [...networks])
      .filter(([written]) => !shared?.mentioned.networks.has(written))
  )
  return {
    rules: second ? [first!, second] : first!,
    mentioned: together(layers.map(({ mentioned }) => mentioned)),
    ownNetworks,
    shapeOf: (address) => shapes?.of(address),
    namedByOwn: (address) => ownMentioned.some(({ addresses }) => addresses.has(address)),
    forget: () => layers.forEach((layer) => layer.forget())
  }
}

/** Of a pasted listing, which is filled in as the packet goes: no frontend is taken for another. */
export function pastedNodeRules(rules: Rules | BothBackends): NodeRules {
  const nothing = { networks: new Map<string, Network>(), addresses: new Set<string>() }
  return {
    rules,
    mentioned: { ...nothing, peculiar: true },
    ownNetworks: nothing.networks,
    shapeOf: () => undefined,
    namedByOwn: () => false,
    forget: () => undefined
  }
}

function rulesOf({ layers, whole, backend }: LayeredDump, family: Family): Rules {
  return {
    family,
    ...(backend && { backend }),
    table: (name) => (layers.some(({ chains }) => chains.has(name)) ? 'present' : whole ? 'absent' : 'unknown'),
    chain: (table, name) => {
      const layer = layers.find((each) => each.chain(table, name))
      return layer?.ruleChain(table, name)
    }
  }
}
