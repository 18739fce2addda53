/** What listens to a signal hears of it, whatever the garbage collector has taken in between. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { firstOf, whenAborted } from '../../src/collect/signals.ts'
import { collectGarbage } from '../support/garbage.ts'

function afterMs(ms: number, reason: Error): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), ms)
  return controller.signal
}

async function heardThroughGarbage(t: ExecutionContext, listening: Promise<unknown>): Promise<unknown> {
  t.timeout(30_000)
  for (let count = 0; count < 5; count++) {
    collectGarbage()
    await delay(10)
  }
  return listening
}

test('the first of several is heard, with its reason', async (t) => {
  const heard = new Promise(
    (resolve) =>
      void whenAborted(
        firstOf([undefined, afterMs(100, new Error('first')), afterMs(60_000, new Error('second'))]),
        resolve
      )
  )
  t.is(((await heardThroughGarbage(t, heard)) as Error).message, 'first')
})

test('a request that ends by such a signal ends', async (t) => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  t.teardown(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const heard = new Promise<Error>((resolve) => {
    const sent = request({ port, host: '127.0.0.1' }).on('error', resolve)
    whenAborted(firstOf([afterMs(100, new Error('no end'))]), (reason) => sent.destroy(reason))
    sent.end()
  })
  t.is(((await heardThroughGarbage(t, heard)) as Error).message, 'no end')
})

test('what has happened already is heard at once, and what is taken back is not heard', (t) => {
  const heard: string[] = []
  const controller = new AbortController()
  whenAborted(controller.signal, () => heard.push('taken back'))()
  controller.abort('over')
  whenAborted(firstOf([controller.signal]), ({ message }) => heard.push(message))
  t.deepEqual(heard, ['over'])
})
