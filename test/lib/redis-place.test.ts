import { expect, it } from 'vitest';
import { readRedisUrl } from '../../src/lib/redis/place.ts';

it.each([
  [
    'redis://r.example',
    { host: 'r.example', port: 6379, database: 0, isTls: false, name: 'Redis at r.example:6379' },
  ],
  [
    'rediss://[::1]:7000/3',
    { host: '::1', port: 7000, database: 3, isTls: true, name: 'Redis at [::1]:7000' },
  ],
  [
    'redis://10.0.0.1/',
    { host: '10.0.0.1', port: 6379, database: 0, isTls: false, name: 'Redis at 10.0.0.1:6379' },
  ],
])('%s is read as a place, and named without secrets', (url, expected) => {
  expect(readRedisUrl(url)).toEqual(expected);
});
