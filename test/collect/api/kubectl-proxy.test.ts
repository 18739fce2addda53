/** Whatever bytes come back through `kubectl proxy`, a request is settled at once, and never as an answer that was not given. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { apiThroughKubectl } from '../../../src/collect/api/kubectl-proxy.ts'

/** A kubectl whose proxy sends the same bytes to every request, and closes the connection where it is told to. */
function proxySaying(bytes: string, close: boolean): string {
  return `#!${process.execPath}
const [word] = process.argv.slice(2)
if (word === 'config') process.stdout.write('https://cluster:6443')
else {
  const path = process.argv.find((argument) => argument.startsWith('--unix-socket=')).slice('--unix-socket='.length)
  const answer = (socket) => socket.on('error', () => {}).once('data', () => socket.${close ? 'end' : 'write'}(${JSON.stringify(bytes)}))
  require('node:net').createServer(answer).listen(path, () => console.log('Starting to serve'))
}
`
}

const answers: [title: string, bytes: string, close: boolean, failure: RegExp][] = [
  [
    'another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    false,
    /closed without an answer/
  ],
  ['a hint and no more', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n', true, /hang up/],
  ['nothing', '', true, /hang up/],
  ['no HTTP', '\x1b[2J\r\n\r\n', false, /Parse Error/],
  ['a status of six digits', 'HTTP/1.1 999999 x\r\n\r\n', false, /Parse Error/],
  [
    'two lengths',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    false,
    /Parse Error/
  ],
  ['less than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}', true, /aborted/],
  ['chunks without their end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n', true, /aborted/]
]

for (const [title, bytes, close, failure] of answers) {
  test(`an answer that is none: ${title}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'snap-proxy-'))
    t.teardown(() => rm(folder, { recursive: true, force: true }))
    const kubectl = join(folder, 'kubectl.cjs')
    await writeFile(kubectl, proxySaying(bytes, close))
    await chmod(kubectl, 0o700)
    const api = apiThroughKubectl({ kubectl })
    t.teardown(() => api.close())
    const answer = await api.get('/api/v1/services', { timeoutMs: 60_000 })
    t.regex(answer.failure ?? 'none', failure)
    t.is(answer.status, null)
  })
}
