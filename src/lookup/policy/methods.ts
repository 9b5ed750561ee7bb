/** Opens the login methods of a policy, in order. */

import type { MethodWorld, OpenedKind } from '../methods/method.ts';
import { type MethodSection, methodOf, nameMethods } from '../sections/authenticate-methods.ts';
import { describeProblem } from './policy-error.ts';

export interface OpenedMethod extends OpenedKind {
  readonly name: string;
  readonly section: MethodSection;
}

/**
 * Opens the methods. Adds problems to the list; the methods that could be opened are then returned to be
 * closed.
 */
export async function openMethods(
  sections: readonly MethodSection[],
  world: MethodWorld,
  problems: string[],
): Promise<OpenedMethod[]> {
  const opened: OpenedMethod[] = [];
  const names = nameMethods(sections);
  for (const [i, section] of sections.entries()) {
    const { kind, name } = names[i] as (typeof names)[number];
    try {
      const { method, options } = methodOf(section);
      const open = await method.load();
      opened.push({ name, section, ...(await open(name, options, world)) });
    } catch (error) {
      problems.push(...describeProblem(error, ['authenticate', 'methods', i, kind]));
    }
  }
  return opened;
}

export function closeMethods(methods: readonly OpenedMethod[]): void {
  for (const { open } of methods) open?.close();
}

export function methodWarnings(methods: readonly OpenedMethod[]): string[] {
  return methods.flatMap(({ name, open }) =>
    (open?.warnings ?? []).map((warning) => `authenticate method ${name}: ${warning}`),
  );
}
