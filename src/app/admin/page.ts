/** What a page is, and what it can ask for. */

import type { HookReport } from '../../emqx/hook-report.ts';
import { printableJson } from '../../lib/printable.ts';
import type { Exposition } from '../../telemetry/prometheus.ts';

/** The server, or all of its workers: pages do not know which. */
export interface AdminSource {
  /** Whether brokers may call. */
  isReady(): Promise<boolean>;
  metrics(): Promise<Exposition>;
  /** The configuration in force, without secrets; undefined if no worker answers. */
  config(): Promise<unknown>;
  hooks(): Promise<HookReport>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface Page {
  readonly path: string;
  /** Whether it is shown without the token: probes have none, and the page reveals no more than a connection would. */
  readonly isOpen: boolean;
  answer(source: AdminSource): Promise<Answer>;
}

export function textAnswer(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}

export function jsonAnswer(value: unknown): Answer {
  return jsonTextAnswer(JSON.stringify(value, null, 2));
}

/** JSON that is already serialized. */
export function jsonTextAnswer(text: string): Answer {
  return { status: 200, type: 'application/json', body: `${printableJson(text)}\n` };
}
