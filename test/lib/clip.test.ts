import { expect, it } from 'vitest';
import { clip } from '../../src/lib/clip.ts';

it.each([
  ['is kept up to the limit', 'x'.repeat(256), 'x'.repeat(256)],
  ['is cut beyond it, with its full length', 'x'.repeat(65_535), `${'x'.repeat(256)}… (65535 characters)`],
  ['is not cut within a character', `${'x'.repeat(255)}😀😀`, `${'x'.repeat(255)}… (259 characters)`],
])('a long value %s', (_, text, clipped) => {
  expect(clip(text)).toBe(clipped);
});
