/**
 * The declaration of a login method, in `src/lookup/METHOD/declaration.ts`: the single source for the configuration,
 * the page about policies, the checks of names and of EMQX, and the code that opens methods.
 */
import type * as z from 'zod';
import type { BoundName } from '../../policy/login/bound-names.ts';
import type { OpenLogin } from './method.ts';

export interface LoginMethod<Name extends string = string, Options extends z.ZodType = z.ZodType> {
  /** The key of its options in an entry of `authenticate.methods`: `jwt`. */
  readonly name: Name;
  /** Its description in the schema of the configuration: `JSON Web Tokens.` */
  readonly summary: string;
  /** Its options. Each has a description with its default; `secret()` and `path()` mark secrets and files. */
  readonly options: Options;
  /** Loads its code and packages, when a policy with it is opened. */
  load(): Promise<OpenLogin<z.output<Options>>>;
  /** When it vouches for a name, for the table of docs/policies.md, as Markdown. */
  readonly vouches: Readonly<Record<BoundName, string>>;
  /** The names that its settings guarantee for every client it admits; rules may rely on them. */
  bindsNames(options: z.output<Options>): readonly BoundName[];
  /** The names that it compares or sends to a service: failures are counted under them. */
  usesNames(options: z.output<Options>): readonly BoundName[];
  /** What to write to make it vouch for a name. */
  advise(name: BoundName): string;
  /** Its configured URLs, by key: none may contain a password. Default: none. */
  urls?(options: z.output<Options>): readonly { readonly key: string; readonly url: string }[];
  /** Returns a problem for options that admit every client. Default: none do. */
  admitsEveryone?(options: z.output<Options>): string | undefined;
  /** Whether it may admit a client that sends no password. Default: false. */
  needsNoPassword?(options: z.output<Options>): boolean;
  /** The field in which it expects a token. A recording hides tokens, and passwords. Default: none. */
  tokenIn?(options: z.output<Options>): 'password' | 'username' | undefined;
  /** Whether it calls a service, which `exhook compare` does not. Default: false. */
  asksService?(options: z.output<Options>): boolean;
  /** The configured time limit of a login in milliseconds, with its key. Default: not reported to the broker. */
  waits?(options: z.output<Options>): { readonly key: string; readonly timeout: number };
}

export function defineLoginMethod<const Name extends string, Options extends z.ZodType>(
  method: LoginMethod<Name, Options>,
): LoginMethod<Name, Options> {
  return method;
}

/** The names that texts with placeholders contain. */
export function namesIn(templates: unknown): readonly BoundName[] {
  const text = JSON.stringify(templates) ?? '';
  return (['username', 'clientid'] as const).filter((name) => text.includes(`\${${name}}`));
}

/** The setting to recommend where only the operator knows the guarantee. */
export const declare = (name: BoundName): string => `vouchesFor: [${name}]`;
