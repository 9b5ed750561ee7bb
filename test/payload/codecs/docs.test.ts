/** Runs the examples of docs/codecs.md: the comment before each says what it is. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CodecSpec, codecNames, defaultLimits, openCodec } from '../../../src/payload/codecs/codec.ts';
import { formats } from '../../../src/payload/schema/formats.ts';
import { openJsonSchema } from '../../../src/payload/schema/json-schema.ts';
import { root } from '../../support/source.ts';
import { bytesOf, fixture, hexOf, openValueCodec, problemOf, textBytes } from './support.ts';

const page = readFileSync(join(root, 'docs/codecs.md'), 'utf8');
const json = await openValueCodec('json');

const examples = [
  ...page.matchAll(/<!-- example: (\S+) ?(\S*) -->\n+```hex\n(.*?)```\n+```(?:json|hex)\n(.*?)```/gs),
].map(([, codec = '', name = '', hex = '', value = '']) => ({
  codec,
  name,
  bytes: bytesOf(hex.replace(/\s/g, '')),
  value: value.trim(),
}));
/** The block or table after a comment. */
const blockAfter = (comment: string) =>
  new RegExp(`<!-- ${comment} -->\\n+(?:\`\`\`\\w+\\n(.*?)\`\`\`|((?:\\|[^\\n]*\\n?)+))`, 's')
    .exec(page)
    ?.slice(1)
    .join('') ?? '';
/** The cells of a table's body, without their backquotes. */
const rowsAfter = (comment: string) =>
  blockAfter(comment)
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`|`$/g, '')),
    );

const directory = mkdtempSync(join(tmpdir(), 'exhook-codecs-'));
afterAll(() => rmSync(directory, { recursive: true }));

function specOf(codec: string, message: string): CodecSpec {
  if (codec === 'protobuf') return { protobuf: { descriptors: fixture('sensor.binpb'), message } };
  if (codec !== 'avro') return codec as CodecSpec;
  const schema = join(directory, 'reading.avsc');
  writeFileSync(schema, blockAfter('avsc'));
  return { avro: { schema } };
}

describe('docs/codecs.md', () => {
  it('has an example of each codec', () => {
    expect(examples.map(({ codec }) => codec).sort()).toStrictEqual(
      [...codecNames, 'protobuf', 'avro'].sort(),
    );
  });

  it.each(examples)(
    'reads and writes the example of $codec',
    async ({ codec: name, name: message, bytes, value }) => {
      const codec = await openCodec(specOf(name, message), defaultLimits);
      if (codec.kind === 'bytes') {
        const content = bytesOf(value);
        expect(hexOf(codec.decode(bytes))).toBe(hexOf(content));
        // zlib decides what is compressed.
        if (!/gzip|deflate/.test(name)) expect(hexOf(codec.encode(content))).toBe(hexOf(bytes));
      } else {
        const content = json.decode(textBytes(value));
        expect(codec.decode(bytes)).toStrictEqual(content);
        expect(hexOf(codec.encode(content))).toBe(hexOf(bytes));
      }
    },
  );

  it('shows the message of the descriptor set that is used', () => {
    expect(readFileSync(fixture('sensor.proto'), 'utf8')).toContain(blockAfter('proto'));
  });

  it.each(rowsAfter('checks'))('says of %s: %s', async (payload, reason) => {
    const check = await openJsonSchema(JSON.parse(blockAfter('schema')));
    expect(check(json.decode(textBytes(payload ?? ''))) ?? '').toBe(reason);
  });

  it.each(rowsAfter('reasons'))('of %s and %s says: %s', async (name, payload, reason) => {
    const codec = await openCodec(name as CodecSpec, defaultLimits);
    expect(problemOf(() => codec.decode(bytesOf(payload ?? '')))).toBe(reason);
  });

  it('names all formats', () => {
    const [list = ''] = /Supported: .*?\./s.exec(page) ?? [];
    expect([...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name).sort()).toStrictEqual(
      [...formats.keys()].sort(),
    );
  });

  it('has tables of examples', () => {
    expect(rowsAfter('checks').length).toBeGreaterThan(3);
    expect(rowsAfter('reasons').length).toBeGreaterThan(5);
  });
});
