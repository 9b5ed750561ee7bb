/** Damages samples: nearly valid input finds more than noise does. */
import fc from 'fast-check';

type Edit = (list: unknown[]) => unknown[];

/** Cuts, repeats, moves and replaces parts of a list. */
function edits<Item>(item: fc.Arbitrary<Item>, telling: readonly (readonly Item[])[]): fc.Arbitrary<Edit> {
  const at = fc.nat(4096);
  const length = fc.nat(16);
  const place = (list: unknown[], n: number) => (list.length === 0 ? 0 : n % (list.length + 1));
  return fc.oneof(
    fc.tuple(at, item).map(
      ([n, other]): Edit =>
        (list) =>
          list.toSpliced(place(list, n), 1, other),
    ),
    fc.tuple(at, item).map(
      ([n, other]): Edit =>
        (list) =>
          list.toSpliced(place(list, n), 0, other),
    ),
    fc.tuple(at, length).map(
      ([n, m]): Edit =>
        (list) =>
          list.toSpliced(place(list, n), m),
    ),
    at.map(
      (n): Edit =>
        (list) =>
          list.slice(0, place(list, n)),
    ),
    fc.tuple(at, length, fc.integer({ min: 1, max: 40 })).map(
      ([n, m, times]): Edit =>
        (list) => {
          const start = place(list, n);
          const part = list.slice(start, start + m);
          return list.toSpliced(start, 0, ...Array.from({ length: times }, () => part).flat());
        },
    ),
    fc.tuple(at, at, length).map(
      ([n, to, m]): Edit =>
        (list) => {
          const start = place(list, n);
          const part = list.slice(start, start + m);
          return list.toSpliced(place(list, to), 0, ...part);
        },
    ),
    fc.tuple(at, fc.constantFrom(...telling)).map(
      ([n, part]): Edit =>
        (list) =>
          list.toSpliced(place(list, n), 0, ...part),
    ),
  );
}

/** Bytes that lengths, counts and UTF-8 trip over. */
const tellingBytes: readonly (readonly number[])[] = [
  [0],
  [0xff],
  [0x7f],
  [0x80],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbb, 0xbf],
];

export function mutatedBytes(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(edits(fc.nat(255), tellingBytes), { maxLength: 6 }))
    .map(([sample, changes]) =>
      Uint8Array.from(changes.reduce<unknown[]>((list, edit) => edit(list), [...sample]) as number[]),
    );
}

const tellingTexts: readonly (readonly string[])[] = [
  ...['\0', '\u2028', '\ud800', '\ufeff', '"', "'", '\\', '${', '}', '$', '#', '+', '/', '[', '{', ':', '- '],
  ...[
    '__proto__',
    'constructor',
    '1e999',
    '-0',
    '9007199254740993',
    '&a ',
    '*a',
    '!!js ',
    '<<: ',
    '\r\n',
    '\t',
  ],
].map((text) => [...text]);

/** @param words that the format knows. */
export function mutatedText(samples: readonly string[], words: readonly string[] = []): fc.Arbitrary<string> {
  const known = words.map((word) => [...word]);
  return fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(
        edits(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), [...tellingTexts, ...known]),
        {
          maxLength: 6,
        },
      ),
    )
    .map(([sample, changes]) => changes.reduce<unknown[]>((list, edit) => edit(list), [...sample]).join(''));
}
