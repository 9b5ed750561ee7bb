/** What must not compile about schemas: they are pinned, field by field, to the types that buf generates. */
import * as z from 'zod';
import { pin } from '../../src/protocol/schema/pin.ts';
import { ClientInfo } from '../../src/protocol/schema/vocabulary.ts';
import type { v3 } from '../../src/protocol/wire/generated.ts';
import type { Exact, Plain } from '../../src/protocol/wire/plain.ts';

const RequestMeta = z.object({
  node: z.string(),
  version: z.string(),
  sysdescr: z.string(),
  clusterName: z.string(),
});
const drifted = {
  missing: RequestMeta.omit({ clusterName: true }),
  surplus: RequestMeta.extend({ region: z.string() }),
  otherType: RequestMeta.extend({ node: z.number() }),
  optional: RequestMeta.partial({ version: true }),
  unchecked: RequestMeta.extend({ sysdescr: z.unknown() }),
  renamed: RequestMeta.omit({ node: true }).extend({ broker: z.string() }),
  frozen: RequestMeta.readonly(),
};

pin<Plain<v3.RequestMeta>>()(RequestMeta);
// @ts-expect-error "missing: clusterName"
pin<Plain<v3.RequestMeta>>()(drifted.missing);
// @ts-expect-error "surplus: region"
pin<Plain<v3.RequestMeta>>()(drifted.surplus);
// @ts-expect-error "differing: node"
pin<Plain<v3.RequestMeta>>()(drifted.otherType);
// @ts-expect-error "differing: version"
pin<Plain<v3.RequestMeta>>()(drifted.optional);
// @ts-expect-error "differing: sysdescr"
pin<Plain<v3.RequestMeta>>()(drifted.unchecked);
// @ts-expect-error "missing: node"
pin<Plain<v3.RequestMeta>>()(drifted.renamed);
// @ts-expect-error "surplus: broker"
pin<Plain<v3.RequestMeta>>()(drifted.renamed);
// @ts-expect-error "the schema has drifted from the .proto file"
pin<Plain<v3.RequestMeta>>()(drifted.frozen);

// A type too long to be printed in full still tells the field.
// @ts-expect-error "missing: password"
pin<Plain<v3.ClientInfo>>()(ClientInfo);
// @ts-expect-error "differing: dn"
pin<Omit<Plain<v3.ClientInfo>, 'password'>>()(ClientInfo.extend({ dn: z.string().nullable() }));

/** Compiles if the type is exactly the expected one. */
type Is<Actual, Expected> = Exact<Actual, Expected> extends true ? true : never;

interface Wire {
  $typeName: 'x';
  text: string;
  sub?: { $typeName: 'y'; bytes: Uint8Array; list: { $typeName: 'z'; n: bigint }[] };
}
type PlainWire = { text: string; sub: { bytes: Uint8Array; list: { n: bigint }[] } };
export const plain: Is<Plain<Wire>, PlainWire> = true;
// @ts-expect-error 'true' is not assignable to type 'never'
export const notPlain: Is<Plain<Wire>, { text: string }> = true;
// @ts-expect-error 'true' is not assignable to type 'never'
export const notReadonly: Is<{ a: string }, { readonly a: string }> = true;
// @ts-expect-error 'true' is not assignable to type 'never'
export const notOptional: Is<{ a: string }, { a?: string }> = true;
// @ts-expect-error 'true' is not assignable to type 'never'
export const notAny: Is<{ a: string }, { a: unknown }> = true;
