/** Spools of tests: in a directory that goes with the test, with deliveries that tell themselves apart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSpool } from '../../../src/events/spool/open-spool.ts';
import type { Spool, SpoolEntry, SpoolOptions } from '../../../src/events/spool/spool.ts';
import type { Delivery } from '../../../src/sinks/delivery.ts';

export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-spool-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface TestSpool extends Spool {
  readonly directory: string;
  readonly logged: readonly LogLine[];
}

export async function aSpool(options: Partial<SpoolOptions> = {}): Promise<TestSpool> {
  const logged: LogLine[] = [];
  const write =
    (level: LogLine['level']) =>
    (fields: object, text = '') =>
      void logged.push({ level, fields: { ...fields }, text });
  const log = { info: write('info'), warn: write('warn'), error: write('error') };
  const directory = options.path ?? aDirectory();
  const spool = await openSpool(
    { maxBytes: 64 * 2 ** 20, sync: false, ...options, path: directory },
    { log: log as unknown as Parameters<typeof openSpool>[1]['log'], now: Date.now },
  );
  onTestFinished(() => spool.close());
  return Object.assign(spool, { directory, logged });
}

export function aDelivery(id: string, key = 'client', more: Partial<Delivery> = {}): Delivery {
  return {
    id,
    key,
    format: 'structured',
    contentType: 'application/cloudevents+json',
    attributes: { id },
    body: Buffer.from(`{"id":"${id}"}`),
    ...more,
  };
}

/** `a1`, `a2`, ... */
export function deliveries(name: string, count: number, key?: string): Delivery[] {
  return Array.from({ length: count }, (_, i) => aDelivery(`${name}${i + 1}`, key));
}

export const idsOf = (entries: readonly SpoolEntry[]): string[] => entries.map(({ delivery }) => delivery.id);
export const positionsOf = (entries: readonly SpoolEntry[]): number[] =>
  entries.map(({ position }) => position);

/** Everything that is free, without a limit. */
export const ALL = [1_000_000, 2 ** 40] as const;
