/** promtool of Debian, the tool that Prometheus itself is checked with. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isServerMissing } from '../../support/servers/process.ts';

export const isPromtoolMissing = isServerMissing('promtool', 'prometheus');

export interface Judged {
  readonly isGood: boolean;
  readonly output: string;
}

/** Runs `promtool COMMAND rules LAST` over files with these names and texts, in a directory of their own. */
export function promtool(command: 'check' | 'test', files: Readonly<Record<string, string>>): Judged {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-promtool-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const last = Object.keys(files).at(-1) ?? '';
    const { status, stdout, stderr } = spawnSync('promtool', [command, 'rules', last], {
      cwd: directory,
      encoding: 'utf8',
      timeout: 60_000,
    });
    return { isGood: status === 0, output: `${stdout}${stderr}` };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Expressions as recording rules: promtool reads no other form of them. */
export function asRules(expressions: readonly string[]): string {
  const rules = expressions.map((expr, i) => ({ record: `query:${i}`, expr }));
  return JSON.stringify({ groups: [{ name: 'queries', rules }] });
}
