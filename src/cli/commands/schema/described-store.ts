import { existsSync } from 'node:fs'
import { openStore, openStoreForReading, type Store } from '../../../store/open.ts'

/** The user's store; before there is one, an empty one, because the schema can be read all the same. */
export async function describedStore(file: string, ask: (store: Store) => void): Promise<void> {
  const store = existsSync(file) ? openStoreForReading(file) : openStore(':memory:')
  try {
    ask(store)
  } finally {
    store.close()
  }
}
