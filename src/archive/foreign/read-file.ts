/** Files of an archive, proven to be harmless to read. */
export type ReadFile = (path: string) => Promise<Buffer>
