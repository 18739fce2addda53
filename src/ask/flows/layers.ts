import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import { type ChainSet, type DumpPart, rulesetOf, setsOf } from '../../store/rules/read.ts'
import { ChainReader } from '../../store/rules/stored-chains.ts'
import { backendOf } from '../trace/stored-rules.ts'
import { RuleLayer } from './layer.ts'
import { type NodeRules, nodeRules } from './node-rules.ts'
import { Shapes } from './shape.ts'

/** The layers of all nodes' rules: what many nodes share is read, and looked into, once. */
export class Layers {
  private readonly store: Store
  private readonly reader: ChainReader
  private readonly layers = new Map<string, RuleLayer>()
  private readonly shapes = new Map<RuleLayer, Shapes>()

  constructor(store: Store) {
    this.store = store
    this.reader = new ChainReader(store)
  }

  /** Equal for dumps with the same rules, whatever the order where order cannot matter. */
  identityOf(part: DumpPart): string {
    return `${rulesetOf(this.store, part.id)} ${part.status} ${part.backend}`
  }

  rulesOf(parts: readonly DumpPart[], family: Family): NodeRules {
    const dumps = parts.map((part) => ({
      layers: setsOf(this.store, part.id).map((set) => this.layer(set)),
      whole: part.status === 'complete',
      ...backendOf(part)
    }))
    const [shared] = dumps[0]!.layers
    // Which backend's rules come first decides about both at once: their shapes are not told apart.
    return nodeRules(dumps, family, dumps.length === 1 && shared ? this.shapesOf(shared) : undefined)
  }

  private layer(set: ChainSet): RuleLayer {
    let layer = this.layers.get(nameOf(set))
    if (!layer) this.layers.set(nameOf(set), (layer = new RuleLayer(this.reader.read(set.collection, set.seq))))
    return layer
  }

  private shapesOf(layer: RuleLayer): Shapes {
    let shapes = this.shapes.get(layer)
    if (!shapes) this.shapes.set(layer, (shapes = new Shapes(layer)))
    return shapes
  }
}

function nameOf({ collection, seq }: ChainSet): string {
  return `${collection}:${seq}`
}
