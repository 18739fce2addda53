import type { Api, ApiAnswer } from '../ports.ts'

/** While a server is known not to answer, no more is given to one request. */
const PROBE_MS = 10_000

/**
 * The API of a server that may be gone. When as many tries in a row as one request gets were not answered at all, every other request gets
 * one short try, until one is answered: what was waited for once is not waited for with each list.
 */
export function rememberingApi(api: Api, tries: number): Api {
  let unanswered = 0
  return {
    async get(path, { timeoutMs, signal }) {
      const isGone = (): boolean => unanswered >= tries
      const options = { timeoutMs: isGone() ? Math.min(timeoutMs, PROBE_MS) : timeoutMs, ...(signal && { signal }) }
      const answer = await api.get(path, options)
      unanswered = isAnswered(answer) ? 0 : unanswered + 1
      return isGone() ? { ...answer, lasting: true } : answer
    },
    close: () => api.close()
  }
}

/** With 502 kubectl's proxy says that it did not reach the server. */
function isAnswered({ status }: ApiAnswer): boolean {
  return status !== null && status !== 502
}
