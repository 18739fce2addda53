import type { Size } from './services.ts'

export interface Setting {
  readonly folder: string
  readonly size: Size
  readonly days: number
  readonly nodes: number
}

/** What was measured against what; the unit is that of both. */
export interface Outcome {
  readonly ours: number
  readonly theirs: number
  readonly unit: 's' | 's CPU' | 'bytes'
  readonly memory: number
}

export interface Case {
  readonly name: string
  readonly what: string
  readonly against: string
  /** The ratio it must not exceed, and the one that is aimed at; undefined where none was set. */
  readonly floor?: number
  readonly aim?: number
  run(setting: Setting): Outcome | Promise<Outcome>
}
