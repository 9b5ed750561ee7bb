/** Every login method, by its key in the configuration. */

import type { MethodKind } from '../../config/sections/authenticate/kinds.ts';
import { kindOfMethod, type MethodSection } from '../../config/sections/authenticate-methods.ts';
import { anonymous } from './anonymous.ts';
import { certificate } from './certificate.ts';
import { http } from './http.ts';
import { jwt } from './jwt.ts';
import type { LoginMethod } from './kind.ts';
import { users } from './users.ts';

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
