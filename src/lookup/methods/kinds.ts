/** Every login method, by its key in the configuration. */

import { anonymous } from '../anonymous/open.ts';
import { certificate } from '../certificate/open.ts';
import { http } from '../http/open.ts';
import { jwt } from '../jwt/open.ts';
import { kindOfMethod, type MethodSection } from '../sections/authenticate-methods.ts';
import { users } from '../users/open.ts';
import type { LoginMethod } from './kind.ts';
import type { MethodKind } from './options.ts';

const methods: { readonly [Kind in MethodKind]: LoginMethod<NonNullable<MethodSection[Kind]>> } = {
  users,
  jwt,
  certificate,
  http,
  anonymous,
};

/** The method of a section, and its options. */
export function methodOf(section: MethodSection): {
  readonly method: LoginMethod;
  readonly options: unknown;
} {
  const kind = kindOfMethod(section);
  return { method: methods[kind], options: section[kind] };
}
