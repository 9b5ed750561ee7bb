import { describe, expect, it } from 'vitest';
import { locateProblem } from '../../src/config/locate-problem.ts';
import { parseYaml } from '../../src/config/yaml.ts';

const text = `listen:
  port: 9000
authenticate:
  methods:
    - users: { file: ./users.yaml }
    - name: tokens
      jwt:
        secret: { env: NONE }
sinks:
  my-sink: { nats: {} }
`;
const file = { path: 'exhook.yaml', document: parseYaml(text) };

describe('the place of a problem', () => {
  it.each([
    ['authenticate.methods[1].jwt: no key', 'exhook.yaml:7:7 authenticate.methods[1].jwt: no key'],
    ['authenticate.methods[0].users: a: b', 'exhook.yaml:5:7 authenticate.methods[0].users: a: b'],
    ['authenticate: too much', 'exhook.yaml:3:1 authenticate: too much'],
    ['sinks.my-sink.nats: x', 'exhook.yaml:10:14 sinks.my-sink.nats: x'],
  ])('is reported: %s', (problem, placed) => {
    expect(locateProblem(problem, file)).toBe(placed);
  });

  it.each([
    'authenticate.methods[2].jwt: was given elsewhere',
    'authorize.grants.redis: was given elsewhere',
    '/etc/users.yaml:3: this user is listed twice',
    'users.yaml:3: this user is listed twice',
    'cannot be said where',
    'constructor: is no key',
  ])('is not made up: %s', (problem) => {
    expect(locateProblem(problem, file)).toBe(problem);
  });

  it('is as it was without a file', () => {
    expect(locateProblem('authenticate: x', undefined)).toBe('authenticate: x');
  });
});
