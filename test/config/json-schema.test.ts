import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { keys } from '../../src/config/keys.ts';
import { configReference } from '../../src/config/reference.ts';

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Record<string, Node>;
  readonly additionalProperties?: boolean;
}

const schema = configJsonSchema() as Node;

function at(path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((node, name) => node?.properties?.[name], schema);
}

describe('the JSON Schema', () => {
  it('describes every key, with the default as it would be written', () => {
    for (const { path, name, description, default: written } of keys) {
      expect(at(path), name).toMatchObject({ description });
      expect(at(path)?.default, name).toEqual(written);
    }
  });

  it('refuses unknown keys and requires none', () => {
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(schema).toHaveProperty('patternProperties.^x-');
    expect(schema).not.toHaveProperty('required');
    expect(at(['limits'])).toMatchObject({ additionalProperties: false });
    expect(at(['limits'])).not.toHaveProperty('required');
  });

  it('describes the written form, not the parsed one', () => {
    expect(at(['drain', 'timeout'])).toMatchObject({
      default: '9s',
      anyOf: [
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: expect.any(String) },
      ],
    });
  });
});

describe('the reference', () => {
  it('has a row for every key, with its variables, its flags and its default', () => {
    const text = configReference();
    for (const { name } of keys) expect(text).toContain(`\n| \`${name}\` | `);
    expect(text).toContain(
      '| `listen.port` | whole number | `9000` | `PORT` `EXHOOK_LISTEN_PORT` `--port` `--listen-port` |',
    );
    expect(text).toContain('| `limits.messageBytes` | size | `16MiB` |');
    expect(text).toContain('| `connections.maxAge` | `off` or duration | `off` |');
    expect(text).toContain('| `hooks.register` | list of hook name or { hook, topics } | absent |');
  });
});
