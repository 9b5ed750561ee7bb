import { describe, expect, it } from 'vitest';
import { Config } from '../../src/config/schema.ts';
import { configWith, secretPlaces } from '../support/secret-places.ts';

/** Errors at the place itself; other errors of such a configuration do not matter here. */
function problemsAt(path: readonly string[], value: string): string[] {
  const { error } = Config.safeParse(configWith(path, value));
  const issues = error?.issues ?? [];
  return issues.filter((issue) => issue.path.join('.') === path.join('.')).map(({ message }) => message);
}

const isHeader = (path: readonly string[]) => path.includes('headers');
const places = secretPlaces.map((path) => [path.join('.'), path] as const);

describe('a secret that is a reference to a variable', () => {
  it('are allowed in these places, among others', () => {
    expect(places.map(([name]) => name)).toEqual(
      expect.arrayContaining(['admin.token', 'authenticate.methods.0.jwt.secret', 'sinks.any.nats.password']),
    );
  });

  it.each(places)('is refused at %s, with what to write', (_name, path) => {
    for (const value of ['${JWT_SECRET}', '$JWT_SECRET', '$_', '${S3}'])
      expect(problemsAt(path, value)).toStrictEqual([
        expect.stringMatching(/^refers to the variable \w+, which is not expanded here; .*\{ env: \w+ \}/),
      ]);
    expect(problemsAt(path, '$JWT_SECRET').join()).toContain(
      isHeader(path) ? '{ env: NAME }' : '{ env: JWT_SECRET }',
    );
  });

  it.each(places)('is distinguished from plain text at %s', (_name, path) => {
    for (const value of ['$2b$10$x', '$ecret', 'a$NAME', '$NAME$', '$1', 'NAME', '$', '${', '${name}x'])
      expect(problemsAt(path, value).filter((message) => message.startsWith('refers'))).toStrictEqual([]);
  });

  it.each(places.filter(([, path]) => isHeader(path)))('is found within a header, at %s', (_name, path) => {
    for (const value of ['Bearer ${TOKEN}', 'Bearer $TOKEN', 'Basic ${A_1}:x'])
      expect(problemsAt(path, value).join()).toMatch(/refers to the variable/);
    for (const value of ['Bearer abc$DEF', 'US$ 5', 'x'])
      expect(problemsAt(path, value).join()).not.toMatch(/refers to the variable/);
  });

  it('is not taken for one where a header has placeholders of clients', () => {
    expect(
      problemsAt(['authenticate', 'methods', '0', 'http', 'headers', 'x-id'], '${clientid}'),
    ).toStrictEqual([]);
  });
});
