/** The methods of `authenticate.methods`: users, jwt, certificate, http, anonymous; a file each in `authenticate/`, and a line in its `kinds.ts`. */
import * as z from 'zod';
import { choice, expects, oneOf, section, text, whenValid } from '../../lib/schema/builders.ts';
import { boundNames } from '../../policy/login/bound-names.ts';
import { type MethodKind, methodKinds, methodOptions } from '../methods/options.ts';

type KindOptions = {
  readonly [Kind in MethodKind]: z.ZodOptional<(typeof methodOptions)[Kind]['options']>;
};

/** The options of each kind, of which a method has one. */
function describeKinds(): KindOptions {
  const described = methodKinds.map((kind) => {
    const { options, summary } = methodOptions[kind];
    return [kind, options.optional().describe(summary)];
  });
  return Object.fromEntries(described) as KindOptions;
}

/** One method: its kind as a key, and a name for logs. */
export const MethodSection = section(
  () => ({
    name: text('a name', 'a name for logs').optional().describe('What logs call it. When absent: its kind.'),
    ...describeKinds(),
    vouchesFor: z
      .array(choice(boundNames), { error: expects('a list', 'names, such as [username]') })
      .optional()
      .describe(
        'The names that a client of this method cannot choose, besides those that its settings show: of an http method those that the service compares, of any method those that the broker sets. Each is username or clientid.',
      ),
  }),
  'a method',
).refine((method) => methodKinds.filter((kind) => method[kind] !== undefined).length === 1, {
  when: whenValid,
  error: `is not one method; write one of ${oneOf(methodKinds.map((kind) => `${kind}:`))} behind each "-"`,
});
export type MethodSection = z.output<typeof MethodSection>;

export function kindOfMethod(method: MethodSection): MethodKind {
  return methodKinds.find((kind) => method[kind] !== undefined) ?? 'users';
}

/** The kind of a method, and its name: its own, or the kind, with a number from the second on. */
export function nameMethods(
  methods: readonly MethodSection[],
): readonly { kind: MethodKind; name: string }[] {
  const seen = new Map<string, number>();
  return methods.map((method) => {
    const kind = kindOfMethod(method);
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return { kind, name: method.name ?? (count === 1 ? kind : `${kind}-${count}`) };
  });
}
