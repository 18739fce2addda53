import { dumpAnnotation } from '../../../src/ask/trace/annotation.ts'
import { dumpTracer } from '../../../src/ask/trace/dump-tracer.ts'
import { dumpedRules } from '../../../src/ask/trace/dumped-node.ts'
import type { Trace } from '../../../src/ask/trace/trace.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import type { Setting } from '../../../src/report/trace/text.ts'

/** A trace to a Service with so many endpoints, through rules as kube-proxy writes them, and what is known of them. */
export function traceService(
  endpoints: number,
  comment = 'demo/web:http cluster IP'
): { trace: Trace; setting: Setting } {
  const names = Array.from({ length: endpoints }, (_, index) => `KUBE-SEP-${String(index).padStart(16, 'A')}`)
  const text = [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-SVC-YMIEM5RDZNXFFBVV - [0:0]',
    ...names.map((name) => `:${name} - [0:0]`),
    '[1:60] -A PREROUTING -j KUBE-SERVICES',
    `[12:60] -A KUBE-SERVICES -d 10.43.7.80/32 -p tcp -m comment --comment "${comment}" -m tcp --dport 80 -j KUBE-SVC-YMIEM5RDZNXFFBVV`,
    ...names.map((name, index) => {
      const chance =
        index === endpoints - 1
          ? ''
          : `-m statistic --mode random --probability ${(1 / (endpoints - index)).toFixed(11)} `
      return `[0:0] -A KUBE-SVC-YMIEM5RDZNXFFBVV ${chance}-j ${name}`
    }),
    ...names.map((name, index) => `[0:0] -A ${name} -p tcp -m tcp -j DNAT --to-destination 10.42.0.${index + 1}:8080`),
    'COMMIT',
    '*filter',
    ':FORWARD ACCEPT [0:0]',
    'COMMIT',
    ''
  ].join('\n')
  const dump = readSave(text)
  const node = { name: 'kube-master', rules: new Map([[4, dumpedRules(dump, 4)] as const]), addresses: ['192.168.0.2'] }
  return {
    trace: dumpTracer(node)({ destination: '10.43.7.80:80' }),
    setting: { where: 'in the dump given', annotate: () => dumpAnnotation(dump) }
  }
}
