/** Building blocks for sections: schemas whose messages say what to write and never repeat a value. */
import * as z from 'zod';

interface RawIssue {
  readonly input?: unknown;
}

/** Makes the message of an invalid value: `is not a port; write a whole number`. */
export function expects(noun: string, write: string): (issue: RawIssue) => string {
  return ({ input }) => {
    if (input === undefined) return `is missing; write ${write}`;
    if (input === null) return `is empty; write ${write}, or remove the line`;
    return `is not ${noun}; write ${write}`;
  };
}

/** Joins names in a sentence: `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  return join(names, 'or');
}

/** Joins names with "and": `a, b and c`. */
export function allOf(names: readonly string[]): string {
  return join(names, 'and');
}

function join(names: readonly string[], word: string): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}

/** For a rule about several keys: it runs only when each of them is valid. */
export function whenValid({ issues }: { readonly issues: readonly unknown[] }): boolean {
  return issues.length === 0;
}

/**
 * A mapping with exactly these keys.
 *
 * @param describeShape called when a value is parsed or the schema is read: most configurations use few
 *   sections, and making all schemas would take the larger part of a start.
 */
export function section<Shape extends z.core.$ZodLooseShape>(describeShape: () => Shape, noun = 'a section') {
  let made: Shape | undefined;
  const shape = () => (made ??= describeShape());
  const error = (issue: RawIssue) => {
    const keys = oneOf(Object.keys(shape()).map((key) => `${key}:`));
    return expects(noun, `its keys on lines of their own, such as ${keys}`)(issue);
  };
  return new z.ZodObject({
    type: 'object',
    catchall: z.never(),
    error,
    get shape() {
      return shape();
    },
  }) as ReturnType<typeof z.strictObject<Shape>>;
}

export function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: expects('one of the choices', oneOf(names)) });
}

export function wholeNumber(noun: string, min: number, max: number) {
  const error = expects(noun, `a whole number from ${min} to ${max}`);
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number from 0 to 1. */
export function fraction() {
  const error = expects('a fraction', 'a number from 0 to 1');
  return z.number({ error }).min(0, { error }).max(1, { error });
}

export function text(noun: string, write: string) {
  const error = expects(noun, write);
  return z.string({ error }).min(1, { error });
}

export function yesOrNo() {
  return z.boolean({ error: expects('a yes or no', 'true or false') });
}
