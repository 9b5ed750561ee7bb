/** What a login method is to a policy that is opened: a kind says all of it in its file beside this one. */
import type { BoundName } from '../../policy/login/bound-names.ts';
import type { Method } from '../../policy/policy.ts';
import type { MethodWorld, OpenMethod } from './method.ts';

export interface OpenedKind {
  readonly method: Method;
  /** Absent when the method can tell by itself. */
  readonly open: OpenMethod | undefined;
}

/** @typeParam Options its section of the configuration. */
export interface LoginMethod<Options = unknown> {
  /** @throws TypeError when its options cannot be used. */
  open(name: string, options: Options, world: MethodWorld): Promise<OpenedKind>;
  /** The names that its settings bind of every client that it admits, so that rules may rely on them. */
  bindsNames(options: Options): readonly BoundName[];
  /** The names that it compares, or sends to somebody who does: failures are counted under them. */
  usesNames(options: Options): readonly BoundName[];
  /** What to write so that it vouches for a name. */
  advise(name: BoundName): string;
  /** The URLs that it names, by their keys: none may hold a password. Default: none. */
  urls?(options: Options): readonly { readonly key: string; readonly url: string }[];
}

/** A method that asks somebody. */
export const asked = (name: string, open: OpenMethod): OpenedKind => ({ method: { name }, open });

/** The names that a value of texts with placeholders has in it. */
export function namesIn(templates: unknown): readonly BoundName[] {
  const text = JSON.stringify(templates) ?? '';
  return (['username', 'clientid'] as const).filter((name) => text.includes(`\${${name}}`));
}

/** What to write where only the operator knows. */
export const declare = (name: BoundName): string => `vouchesFor: [${name}]`;
