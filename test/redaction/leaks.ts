/** Finds secrets in the output of a program, also in other encodings. */

export interface Leak {
  /** Of the secret. */
  readonly name: string;
  /** How it was written. */
  readonly form: string;
  /** Where: standard output, a page, a file. */
  readonly place: string;
  /** What stands before it. */
  readonly after: string;
}

/** So many characters of a secret are as bad as all of it. */
const ENOUGH = 12;

/** The ways in which programs write a text. All of them are long enough not to occur by chance. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(secret);
  const forms = new Map<string, string>([
    ['text', secret],
    // Every JSON Web Token begins alike.
    ...(secret.startsWith('eyJ') ? [] : [['its beginning', secret.slice(0, ENOUGH)] as const]),
    ['its end', secret.slice(-ENOUGH)],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['URL', encodeURIComponent(secret)],
    ['form', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['hexadecimal', bytes.toString('hex')],
    ['HEXADECIMAL', bytes.toString('hex').toUpperCase()],
    ['bytes', [...bytes].join(',')],
    ['backwards', [...secret].reverse().join('')],
  ]);
  // Behind "user:" or within a token, base64 looks different with each of three alignments.
  for (const lead of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(lead, 0x20), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The outermost characters hold bits of what stands beside the secret.
    const inner = encoded.slice(lead === 0 ? 0 : lead + 1, -1);
    forms.set(`base64 ${lead}`, inner);
    forms.set(`base64url ${lead}`, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

/** @param places output, by place. */
export function findLeaks(
  secrets: Readonly<Record<string, string>>,
  places: Readonly<Record<string, string>>,
): Leak[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    [...formsOf(secret)].flatMap(([form, text]) =>
      Object.entries(places).flatMap(([place, written]) => {
        const at = written.indexOf(text);
        return at < 0 ? [] : [{ name, form, place, after: written.slice(Math.max(0, at - 200), at) }];
      }),
    ),
  );
}
