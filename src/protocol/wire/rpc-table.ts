import type { Read } from './reader.ts';
import type { Write } from './writer.ts';

/** One RPC: the names of its messages, and the functions that read and write them. */
export interface MethodTable {
  readonly request: string;
  readonly read: Read;
  readonly response: string;
  readonly write: Write;
}

/** The service of one version, as written by `npm run generate`. */
export interface ServiceTable {
  /** For example `emqx.exhook.v3`. */
  readonly package: string;
  readonly methods: Readonly<Record<string, MethodTable>>;
}
