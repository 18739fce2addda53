const SNAPSHOT_NAME = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z$/

/** `2026-11-22T10-16-09Z`: sorts by time, and is a file name everywhere. */
export function snapshotName(start: Date): string {
  return `${start.toISOString().slice(0, 19).replaceAll(':', '-')}Z`
}

export function isSnapshotName(name: string): boolean {
  return SNAPSHOT_NAME.test(name)
}

/** RFC 1123 subdomain: what Kubernetes takes as the name of a node, a pod or a namespace. Safe as a folder and as an argument. */
export function isKubernetesName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)
}
