import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { BOUNDED, PARSERS } from './parsers.ts'

/**
 * What a stranger writes into a line. At 32,000 characters a pattern that looks at each of them again for each of them takes
 * hundreds of times as long as one that looks once.
 */
const LENGTH = 32_000
const FILLERS = [
  ...'-. "\'`\\:/1[{(!,\t\r\0ü\u2028a',
  'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0MTIz',
  ...['# ', '$ ', 'a@b ', 'a=', 'a-', 'a ', '-j ', '&&', '\\"', '/* ', 'NAME ', 'tcp -- ', '10.1.1.1 ', '0 0 '],
  ...[
    '{\n',
    '\n',
    '*nat\n',
    'Chain A (policy ACCEPT)\n',
    '- ',
    '("',
    '(`',
    'users:(',
    '-p tcp --comment "a/b ',
    '!',
    '{ ',
    '( ',
    '. '
  ]
]

for (const [name, { read, sample }] of Object.entries(PARSERS)) {
  test(`${name}: four times the text takes not much more than four times as long`, (t) => {
    for (const filler of FILLERS)
      for (const [place, text] of hostileTexts(sample, filler, LENGTH))
        if (!isLinear(read, text, hostileTexts(sample, filler, LENGTH / 4)[place]![1]))
          t.fail(`${JSON.stringify(filler)} at place ${place} of the sample`)
    t.pass()
  })
}

test('every parser stands in the table', (t) => {
  const known = new Set([...Object.keys(PARSERS).map((name) => name.split(' ')[0]!), ...BOUNDED])
  const found = readdirSync('src/parse', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(`src/parse/${file}`, 'utf8').matchAll(PARSER)].map(([, name]) => name!))
  t.true(found.length > 25)
  t.deepEqual(
    found.filter((name) => !known.has(name)),
    []
  )
})

const PARSER =
  /^export function ((?:read|parse|split|find|sniff|unjoin|take|cut)\w*)\((?:text|line|comment|command|json|row|rule): string/gm

/** The filler by itself, in front, behind, and between the words of the sample, as many lines, and the sample again and again. */
function hostileTexts(sample: string, filler: string, length: number): [number, string][] {
  const fill = filler.repeat(length / filler.length)
  const words = [...sample.matchAll(/(?<=\S)(?=\s)|(?<=["'`(])/g)].map(({ index }) => index)
  const inside = [0.2, 0.5, 0.8].map((part) => words[Math.floor(words.length * part)] ?? sample.length)
  const again = `${sample.replaceAll('\n', ' ')}${filler}`
  return [
    fill,
    fill + sample,
    sample.trimEnd() + fill,
    ...inside.map((at) => sample.slice(0, at) + fill + sample.slice(at)),
    `${filler}\n`.repeat(length / (filler.length + 1)),
    again.repeat(length / again.length)
  ].map((text, place) => [place, text])
}

/** Whether it is quick enough to be linear, or else takes less than ten times as long as for a quarter. Measured again before it counts. */
function isLinear(read: (text: string) => unknown, text: string, quarter: string): boolean {
  for (let tries = 0; tries < 3; tries++) {
    const whole = processorTime(() => read(text))
    if (whole < 100 || whole < 10 * processorTime(() => read(quarter))) return true
  }
  return false
}

/** Of this process, in milliseconds. What a text is refused with does not matter here, but that it is not by the stack's end. */
function processorTime(work: () => unknown): number {
  const start = process.cpuUsage()
  try {
    work()
  } catch (error) {
    if (error instanceof RangeError) throw error
  }
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
