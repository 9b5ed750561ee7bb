/** Holds docs/tracing.md against what there is. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { names } from '../../../src/telemetry/tracing/names.ts';
import { MAX_LINKS } from '../../../src/telemetry/tracing/traced-sink.ts';
import { blocksOf } from '../../docs/pages.ts';
import { readSource } from '../../support/source.ts';

const path = 'docs/tracing.md';
const page = readSource(path);
const modules = blocksOf(path).filter(({ language }) => language === 'js');

describe('docs/tracing.md', () => {
  it('lists every attribute, and no other', () => {
    const listed = [...page.matchAll(/^\| `([a-z_]+(?:\.[a-z_]+)+)` /gm)].map(([, name]) => name);
    expect(new Set(listed)).toStrictEqual(new Set(Object.values(names)));
  });

  it('says how many links there are', () => {
    expect(page).toContain(`${MAX_LINKS} at most`);
  });

  it('has modules', () => {
    expect(modules.length).toBeGreaterThan(2);
  });

  it.each(modules)('has one that Node can read: $name', ({ text }) => {
    const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
      input: text,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });
});
