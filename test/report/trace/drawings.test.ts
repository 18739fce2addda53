import test from 'ava'
import { drawings } from '../../../src/report/trace/drawings.ts'
import { graphOf } from '../../../src/report/trace/graph.ts'
import { traceService } from './service-dump.ts'

const HOSTILE = String.raw`</text><script>alert(1)</script> \" click n0 \\ %% --> | end`

function drawn(format: string, endpoints: number, comment?: string): string {
  const { trace, setting } = traceService(endpoints, comment)
  return drawings.get(format)!(graphOf(trace, setting.annotate))
}

test('mermaid: boxes, shares on the arrows, rounded ends', (t) => {
  const text = drawn('mermaid', 2)
  t.true(
    text.startsWith(
      'flowchart TD\n  n0["10.43.7.80:80<br/>from an outside client<br/>taken for granted:<br/>#8226; the node forwards packets'
    )
  )
  t.is(text.match(/-->\|"50\.0#37;"\|/g)?.length, 2)
  t.is(text.match(/\(\["accepted: forwarded/g)?.length, 2)
})

test('dot: an edge a branch', (t) => {
  const text = drawn('dot', 3)
  t.is(text.match(/label="33\.3%"/g)?.length, 3)
  t.true(text.startsWith('digraph trace {\n') && text.endsWith('}\n'))
})

test('svg: a box each, none over another', (t) => {
  const text = drawn('svg', 5)
  const boxes = [...text.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
    ([, ...numbers]) => numbers.map(Number)
  )
  t.is(boxes.length, 12)
  for (const [index, [x, y, width, height]] of boxes.entries()) {
    for (const [x2, y2, width2, height2] of boxes.slice(index + 1)) {
      t.true(x! + width! <= x2! || x2! + width2! <= x! || y! + height! <= y2! || y2! + height2! <= y!)
    }
  }
})

test('what each language would act on is escaped', (t) => {
  const [mermaid, dot, svg] = ['mermaid', 'dot', 'svg'].map((format) => drawn(format, 1, HOSTILE)) as [
    string,
    string,
    string
  ]
  for (const line of mermaid.split('\n').slice(1, -1))
    t.regex(
      line,
      /^ {2}n\d+(\["[^"<>\\]*(<br\/>[^"<>\\]*)*"\]|\(\["[^"<>\\]*(<br\/>[^"<>\\]*)*"\]\)| -->(\|"[^"]*"\|)? n\d+)$/
    )
  for (const line of dot.split('\n').filter((each) => each.includes('label=')))
    t.regex(line, /^ {2}\S+( -> \S+)? \[label="(?:[^"\\]|\\.)*"(, style=rounded)?\]$/)
  t.is(svg.match(/<(?!\/?(svg|rect|path|text)\b)/g), null)
  t.is(svg.match(/<text /g)!.length, svg.match(/<\/text>/g)!.length)
})
