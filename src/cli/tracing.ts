import { dumpAnnotation, snapshotAnnotation } from '../ask/trace/annotation.ts'
import { Cluster } from '../ask/trace/cluster.ts'
import { documentOf } from '../ask/trace/document.ts'
import { dumpTracer } from '../ask/trace/dump-tracer.ts'
import { snapshotTracer, type Trace, type Tracer } from '../ask/trace/trace.ts'
import { visibleInJson } from '../report/format/cell.ts'
import { traceText, type Setting } from '../report/trace/text.ts'
import type { Store } from '../store/open.ts'
import type { ReadNode } from './reading-dumps.ts'

/** Something to trace packets in, and what is known besides of the rules they meet. */
export interface Traced extends Setting {
  readonly tracer: Tracer
}

export function tracedSnapshot(store: Store, snapshot: string): Traced {
  return { tracer: snapshotTracer(store, snapshot), annotate: snapshotAnnotation(new Cluster(store)), where: `in ${snapshot}`, noService: 'no address of a Service in the snapshot' }
}

export function tracedDump(node: ReadNode): Traced {
  return { tracer: dumpTracer(node), annotate: dumpAnnotation([...node.dumps.values()]), where: 'in the dump given' }
}

/** Prints a trace: text for people, or one JSON object. */
export function printTrace(result: Trace, setting: Setting, format: string): void {
  const lines = (text: string) => text.split('\n').map(visibleInJson).join('\n')
  if (format === 'json') process.stdout.write(`${lines(JSON.stringify(documentOf(result), null, 1))}\n`)
  else process.stdout.write(traceText(result, setting))
}
