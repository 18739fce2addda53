import type { Snapshot } from '../archive/open.ts'

export async function textSnapshot(_args: { text: string; node?: string; at?: string }): Promise<Snapshot> {
  throw new Error('not built yet')
}
