/** The method `anonymous`: clients without a user name. It asks nobody. */

import { anonymousMethod } from '../../policy/login/login-by-name.ts';
import { parseTags } from '../../policy/login/tags.ts';
import { declare, type LoginMethod } from '../methods/kind.ts';
import type { Anonymous } from './declaration.ts';

export const anonymous: LoginMethod<Anonymous> = {
  open: async (name, { who, tags }) => ({
    method: anonymousMethod({ name, who, tags: parseTags(tags) ?? {} }),
    open: undefined,
  }),
  // It is for clients without a user name.
  bindsNames: () => ['username'],
  usesNames: () => [],
  advise: (name) => `write ${declare(name)} if something before this server sees to it`,
};
