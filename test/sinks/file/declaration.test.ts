import { describe, expect, it } from 'vitest';
import { File } from '../../../src/sinks/file/declaration.ts';
import { problemsOf } from '../problems.ts';

const path = '/var/log/events.jsonl';

describe('the section file', () => {
  it('needs a path and nothing else', () => {
    expect(File.parse({ path })).toEqual({ path, mode: 0o640, sync: true, rotate: { gzip: false } });
    expect(problemsOf(File, {})).toEqual(['path: is missing; write a path such as ./events.jsonl']);
  });

  it('reads a mode as people write it, and as YAML reads that', () => {
    expect(File.parse({ path, mode: '0600' }).mode).toBe(0o600);
    expect(File.parse({ path, mode: 644 }).mode).toBe(0o644);
    for (const mode of [0o640, '640', 777, '0777', 'rw'])
      expect(problemsOf(File, { path, mode })).toEqual([
        'mode: is not the mode of a file; write one of 0600, 0640, 0644, 0660 and 0664',
      ]);
  });

  it('reads sizes and ages', () => {
    const rotate = { size: '100MiB', age: '1d', keep: 7, gzip: true };
    expect(File.parse({ path, rotate }).rotate).toEqual({
      size: 104_857_600,
      age: 86_400_000,
      keep: 7,
      gzip: true,
    });
    expect(problemsOf(File, { path, rotate: { size: '10B' } })).toEqual([
      expect.stringMatching(/^rotate\.size/),
    ]);
  });
});
