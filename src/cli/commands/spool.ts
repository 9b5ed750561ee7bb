/**
 * `exhook spool ls` and `exhook spool purge`: list and remove the events on disk. `drain` is in
 * spool-drain.ts.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../../app/load.ts';
import type { Config } from '../../config/schema.ts';
import type { Environment } from '../../config/variables.ts';
import { openSpool } from '../../events/spool/open-spool.ts';
import type { SinkLogReport, Spool } from '../../events/spool/spool.ts';
import { plural } from '../../lib/plural.ts';
import { printable, printableJson } from '../../lib/printable.ts';
import type { Terminal } from './terminal.ts';

export interface SpoolCommandWorld {
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The configuration of a command, and its spool. */
export interface OpenedSpool {
  readonly config: Config;
  readonly path: string;
  readonly spool: Spool;
}

export const noSpool = (path: string): string => `there is no spool at ${path}: no events are waiting`;

/**
 * Opens the spool of a configuration file.
 *
 * @returns the exit status when there is nothing to open; the reason has been printed.
 */
export async function openSpoolOf(
  file: string,
  { env, terminal, now }: SpoolCommandWorld,
): Promise<OpenedSpool | number> {
  const loaded = await load(['--config', file], env);
  if ('problems' in loaded) {
    for (const problem of loaded.problems) terminal.err(problem);
    return 2;
  }
  const { config } = loaded;
  if (config.spool === undefined) {
    terminal.err(`${file} has no section spool`);
    return 2;
  }
  const { path } = config.spool;
  if (!existsSync(path)) {
    terminal.out(noSpool(path));
    return 0;
  }
  if (isSomebodyElses(path)) {
    terminal.err(`${path} belongs to another user: run this command as the user that the server runs as`);
    return 2;
  }
  try {
    return { config, path, spool: await openSpool(config.spool, { log: terminalLog(terminal), now }) };
  } catch (error) {
    terminal.err((error as Error).message);
    return 2;
  }
}

/** The server could not open files that root creates. */
function isSomebodyElses(path: string): boolean {
  return process.getuid?.() === 0 && statSync(path).uid !== 0;
}

/** Prints what parts of the server log, as lines for people. */
export function terminalLog(terminal: Pick<Terminal, 'err'>) {
  const write = (fields: unknown, text?: unknown): void =>
    terminal.err(typeof fields === 'string' ? fields : describe(fields as LogFields, String(text)));
  return { info: () => undefined, warn: write, error: write };
}

interface LogFields {
  readonly sink?: string;
  readonly path?: string;
  readonly reason?: string;
  readonly err?: unknown;
}

function describe({ sink, path, reason, err }: LogFields, text: string): string {
  const why = err instanceof Error ? err.message : reason;
  const where = [sink, path].filter((part) => part !== undefined).join(', ');
  return `${where === '' ? '' : `${where}: `}${text}${why === undefined ? '' : `: ${why}`}`;
}

/** `exhook spool ls`. @returns the exit status: 2 if the spool cannot be opened. */
export async function spoolLsCommand(
  { config: file, json = false }: { readonly config: string; readonly json?: boolean },
  world: SpoolCommandWorld,
): Promise<number> {
  const opened = await openSpoolOf(file, world);
  if (typeof opened === 'number') return opened;
  const { config, path, spool } = opened;
  const { terminal } = world;
  try {
    const reports = spool.reports();
    const aside = readdirSync(path).filter((name) => /damaged-|^unreadable-/.test(name));
    if (json) terminal.out(printableJson(JSON.stringify(toJson(path, reports, config, aside))));
    else for (const line of formatReports(reports, config, world.now())) terminal.out(line);
    if (!json)
      for (const name of aside)
        terminal.out(`set aside because it is damaged: ${printable(join(path, name))}`);
  } finally {
    await spool.close();
  }
  return 0;
}

function toJson(
  path: string,
  reports: readonly SinkLogReport[],
  { sinks, spool }: Config,
  aside: readonly string[],
) {
  return {
    path,
    maxBytes: spool?.maxBytes,
    bytes: reports.reduce((sum, { bytes }) => sum + bytes, 0),
    sinks: reports.map(({ oldest, ...report }) => ({
      ...report,
      oldest: oldest === undefined ? null : new Date(oldest).toISOString(),
      isConfigured: Object.hasOwn(sinks, report.sink),
    })),
    setAside: aside.map((name) => join(path, name)),
  };
}

function formatReports(reports: readonly SinkLogReport[], { sinks, spool }: Config, now: number): string[] {
  if (reports.length === 0) return ['The spool is empty.'];
  const rows = reports.map(({ sink, count, bytes, oldest, claimed, claimedBy }) => [
    sink,
    String(count),
    formatBytes(bytes),
    oldest === undefined ? '' : formatAge(now - oldest),
    claimed === 0 ? '' : `${claimed} by ${claimedBy.join(', ')}`,
    Object.hasOwn(sinks, sink) ? '' : 'no such sink in the configuration',
  ]);
  const used = reports.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...table([['sink', 'events', 'size', 'oldest', 'being delivered', ''], ...rows]),
    '',
    `${formatBytes(used)} of ${formatBytes(spool?.maxBytes ?? 0)} are used.`,
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `exhook spool purge`. @returns the exit status: 1 if nothing was removed although there are events. */
export async function spoolPurgeCommand(
  options: { config: string; sink?: string | undefined; yes?: boolean; force?: boolean },
  world: SpoolCommandWorld,
  ask: (question: string) => Promise<boolean>,
): Promise<number> {
  const { sink, yes = false, force = false } = options;
  const opened = await openSpoolOf(options.config, world);
  if (typeof opened === 'number') return opened;
  const { spool } = opened;
  const { terminal } = world;
  try {
    const reports = spool.reports().filter((report) => sink === undefined || report.sink === sink);
    const count = reports.reduce((sum, report) => sum + report.count, 0);
    if (count === 0) {
      terminal.out(sink === undefined ? 'The spool is empty.' : `No events are waiting for ${sink}.`);
      return 0;
    }
    const users = [...new Set(reports.flatMap(({ claimedBy }) => claimedBy))];
    if (users.length > 0 && !force) {
      terminal.err(
        `events are being delivered by ${users.join(', ')}: stop it first, or add --force to remove them anyway`,
      );
      return 1;
    }
    const what = `${plural(count, 'event')} for ${reports.map((report) => report.sink).join(', ')}`;
    if (!yes && !(await ask(`Remove ${what} permanently, without delivery? [y/N] `))) {
      terminal.err('nothing was removed; use --yes to remove without a question');
      return 1;
    }
    const { removed } = await spool.purge(sink, { force });
    terminal.out(`${plural(removed, 'event')} ${removed === 1 ? 'was' : 'were'} removed.`);
    return 0;
  } finally {
    await spool.close();
  }
}

const units = ['B', 'KiB', 'MiB', 'GiB'];

export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1).replace(/\.0$/, '')} ${units[power]}`;
}

const SECOND = 1000;
const spans: readonly (readonly [string, number])[] = [
  ['d', 86_400 * SECOND],
  ['h', 3600 * SECOND],
  ['m', 60 * SECOND],
  ['s', SECOND],
];

/** Formats the two largest units: `3d 4h`. */
export function formatAge(milliseconds: number): string {
  let left = Math.max(milliseconds, 0);
  const parts: string[] = [];
  for (const [unit, span] of spans) {
    const count = Math.floor(left / span);
    left -= count * span;
    if (count > 0 || parts.length > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0s';
}
