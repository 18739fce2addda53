import type { ManifestItem } from '../../archive/manifest.ts'
import { cleanText } from '../../collect/clean-text.ts'
import type { Store } from '../open.ts'
import type { Version } from '../versions.ts'

/** What was learnt about one subject, ready to be recorded with its snapshot. */
export interface Part {
  readonly subject: string
  readonly namespace?: string
  readonly family?: 'ipv4' | 'ipv6'
  readonly backend?: string
  readonly status: 'complete' | 'partial' | 'failed'
  /** Why it is not complete. */
  readonly detail?: string
  readonly versions: readonly Version[]
  /** Whether a dump came with counters. */
  readonly counters?: boolean
  /** Of a socket listing: the protocols it lists in full. */
  readonly protocols?: readonly string[]
}

/** Something that went wrong, or was not understood, at a place a person can look up. */
export interface Issue {
  readonly phase: 'collect' | 'import'
  readonly line?: number
  readonly object?: string
  readonly message: string
  readonly text?: string
}

/** Writes the rows that tie facts to a snapshot. */
export class SnapshotRecord {
  readonly snapshot: number
  private readonly store: Store

  constructor(store: Store, snapshot: number) {
    this.store = store
    this.snapshot = snapshot
  }

  addItem(item: ManifestItem): void {
    this.store
      .prepare(
        `INSERT INTO _item (snapshot, path, kind, node, namespace, pod, container, backend, command, started_at, ended_at,
           exit_code, error, stderr, bytes, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      )
      .run(
        this.snapshot,
        item.path,
        item.kind,
        item.node ?? null,
        item.namespace ?? null,
        item.pod ?? null,
        item.container ?? null,
        item.backend ?? null,
        JSON.stringify(item.command.map((word) => cleanText(word) ?? '')),
        item.startedAt,
        item.endedAt,
        item.exitCode,
        clean(item.error),
        clean(item.stderr),
        item.bytes,
        item.sha256
      )
  }

  addPart(item: ManifestItem, part: Part): number {
    const id = this.store
      .prepare(
        `INSERT INTO _part (snapshot, subject, node, namespace, pod, container, family, backend, status, detail, counters, protocols, started_at, ended_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      )
      .run(
        this.snapshot,
        part.subject,
        item.node ?? null,
        part.namespace ?? item.namespace ?? null,
        item.pod ?? null,
        item.container ?? null,
        part.family ?? null,
        part.backend ?? null,
        part.status,
        clean(part.detail),
        part.counters === undefined ? null : Number(part.counters),
        part.protocols ? JSON.stringify(part.protocols) : null,
        item.startedAt,
        item.endedAt
      ).lastInsertRowid
    const insert = this.store.prepare('INSERT INTO _part_set (part, collection, seq) VALUES (?, ?, ?)')
    for (const { collection, seq } of part.versions) insert.run(id, collection, seq)
    return Number(id)
  }

  addIssue(item: ManifestItem, issue: Issue): void {
    this.store
      .prepare(
        'INSERT INTO _issue (snapshot, phase, path, node, namespace, pod, container, line, object, message, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
      )
      .run(
        this.snapshot,
        issue.phase,
        item.path,
        item.node ?? null,
        item.namespace ?? null,
        item.pod ?? null,
        item.container ?? null,
        issue.line ?? null,
        clean(issue.object),
        clean(issue.message) ?? '',
        clean(issue.text)
      )
  }
}

/** An archive may come from elsewhere, and a pasted text from a terminal: no credentials in what is told of them. */
function clean(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : cleanText(text)
}
