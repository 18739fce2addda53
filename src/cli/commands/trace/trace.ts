import { dumpAnnotation, snapshotAnnotation } from '../../../ask/trace/annotation.ts'
import { Cluster } from '../../../ask/trace/cluster.ts'
import { documentOf } from '../../../ask/trace/document.ts'
import { dumpTracer } from '../../../ask/trace/dump-tracer.ts'
import { RulesSource } from '../../../ask/trace/rules-source.ts'
import { snapshotTracer, type Trace, type Tracer } from '../../../ask/trace/trace.ts'
import { ENDS_EARLY } from '../../../parse/iptables/save.ts'
import { formatDocument } from '../../../report/format/json.ts'
import { type Setting, traceText } from '../../../report/trace/text.ts'
import type { Store } from '../../../store/open.ts'
import type { ReadNode } from './dumps.ts'

/** Something to trace packets in, and what is known besides of the rules they meet. */
export interface Traced extends Setting {
  readonly tracer: Tracer
}

export function tracedSnapshot(store: Store, snapshot: string): Traced {
  const [cluster, rules] = [new Cluster(store), new RulesSource(store, snapshot)]
  return {
    tracer: snapshotTracer(cluster, rules),
    annotate: (family) => snapshotAnnotation(cluster, rules, family),
    where: `in ${snapshot}`,
    noService: 'no address of a Service in the snapshot'
  }
}

export function tracedDump(node: ReadNode): Traced {
  const cut = [...node.dumps.values()].flatMap(
    ({ problems }) => problems.find(({ message }) => message === ENDS_EARLY) ?? []
  )[0]
  return {
    tracer: dumpTracer(node),
    annotate: (family) => dumpAnnotation(node.dumps.get(family) ?? { tables: [] }),
    where: 'in the dump given',
    ...(cut && {
      cutAt: `the dump is cut at line ${cut.line}: it ends before COMMIT, and of what may follow nothing is known`
    })
  }
}

/** Prints a trace: text for people, one JSON object, or a drawing. */
export async function printTrace(result: Trace, setting: Setting, format: string): Promise<void> {
  process.stdout.write(await formatted(result, setting, format))
}

async function formatted(result: Trace, setting: Setting, format: string): Promise<string> {
  if (format === 'json') return formatDocument(documentOf(result))
  if (format === 'text')
    return traceText(result, process.stdout.isTTY ? { ...setting, width: process.stdout.columns } : setting)
  const [{ graphOf }, { drawings }] = await Promise.all([
    import('../../../report/trace/graph.ts'),
    import('../../../report/trace/drawings.ts')
  ])
  return drawings.get(format)!(graphOf(result, setting.annotate))
}
