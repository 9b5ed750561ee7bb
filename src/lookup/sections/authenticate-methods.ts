/** The entries of `authenticate.methods`. The options of each method are in its folder of src/lookup/. */
import * as z from 'zod';
import { choice, expects, oneOf, section, text, whenValid } from '../../lib/schema/builders.ts';
import { boundNames } from '../../policy/login/bound-names.ts';
import type { LoginMethod } from '../methods/kind.ts';
import { loginMethods, type MethodKind, type OptionsByMethod } from '../methods/kinds.ts';

type KindOptions = {
  readonly [Kind in MethodKind]: z.ZodOptional<OptionsByMethod[Kind]>;
};

/** The options of each kind; a method has exactly one. */
function describeKinds(): KindOptions {
  const described = loginMethods.map(({ name, options, summary }) => [
    name,
    options.optional().describe(summary),
  ]);
  return Object.fromEntries(described) as KindOptions;
}

const methodKinds = loginMethods.map(({ name }) => name);

/** One method: its kind as a key, and a name for logs. */
export const MethodSection = section(
  () => ({
    name: text('a name', 'a name for logs').optional().describe('Its name in logs. When absent: its kind.'),
    ...describeKinds(),
    vouchesFor: z
      .array(choice(boundNames), { error: expects('a list', 'names, such as [username]') })
      .optional()
      .describe(
        'The names that clients of this method cannot choose, besides those that its settings show: for an http method the names that the service compares, for any method the names that the broker sets. Each is username or clientid.',
      ),
  }),
  'a method',
).refine((method) => methodKinds.filter((kind) => method[kind] !== undefined).length === 1, {
  when: whenValid,
  error: `is not one method; write one of ${oneOf(methodKinds.map((kind) => `${kind}:`))} after each "-"`,
});
export type MethodSection = z.output<typeof MethodSection>;

export function kindOfMethod(method: MethodSection): MethodKind {
  return methodKinds.find((kind) => method[kind] !== undefined) ?? 'users';
}

/** Returns the method of a section, and its options. */
export function methodOf(section: MethodSection): {
  readonly method: LoginMethod<MethodKind>;
  readonly options: unknown;
} {
  const kind = kindOfMethod(section);
  const method = loginMethods.find(({ name }) => name === kind) as LoginMethod<MethodKind>;
  return { method, options: section[kind] };
}

/**
 * Returns the kind of a method, and its name: the configured one, or the kind, numbered from the second on.
 */
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
