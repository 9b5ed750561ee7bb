import { describe, expect, it } from 'vitest';
import { duration, readDuration, readSize, size } from '../../../src/lib/schema/units.ts';

describe('readDuration', () => {
  it.each([
    ['0s', 0],
    ['250ms', 250],
    ['1.5s', 1500],
    ['5 m', 300_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
  ])('reads %s as %d milliseconds', (text, milliseconds) => {
    expect(readDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', '5S', '-5s', '1m30s', 's', '5 sec', '1e3ms', `${'9'.repeat(400)}s`])(
    'refuses %j',
    (text) => {
      expect(readDuration(text)).toBeUndefined();
    },
  );
});

describe('readSize', () => {
  it.each([
    ['0B', 0],
    ['1kB', 1000],
    ['1KB', 1000],
    ['1MB', 1_000_000],
    ['2GB', 2_000_000_000],
    ['1KiB', 1024],
    ['16MiB', 16_777_216],
    ['1.5 GiB', 1_610_612_736],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(readSize(text)).toBe(bytes);
  });

  it.each(['', '16', '16M', '16mib', '-1MiB', '1MiB2'])('refuses %j', (text) => {
    expect(readSize(text)).toBeUndefined();
  });
});

describe('the schemas', () => {
  const bytes = size({ min: 10, max: 2048, reads: 'from 10B to 2KiB' });

  it('take plain numbers as milliseconds and as bytes', () => {
    expect([duration().parse(250), bytes.parse(11)]).toEqual([250, 11]);
  });

  it('check the range of a value with a unit', () => {
    expect(bytes.parse('2KiB')).toBe(2048);
    expect(bytes.safeParse('3KiB').error?.issues[0]?.message).toBe(
      'is not a size; write a number with its unit from 10B to 2KiB, such as 512KiB or 16MiB',
    );
  });

  it.each([-1, 1.5, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY, '25d', null, undefined, true, {}, []])(
    'refuse %j as a duration',
    (value) => {
      expect(duration().safeParse(value).success).toBe(false);
    },
  );
});
