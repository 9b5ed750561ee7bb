<<<<<<< HEAD
/** The method `anonymous` asks nobody. */
=======
/** The method `anonymous`: admits clients without a user name. It makes no request. */

>>>>>>> ebc44e8 (Write the texts of src/lookup in plain English)

import { anonymousMethod } from '../../policy/login/login-by-name.ts';
import { parseTags } from '../../policy/login/tags.ts';
import type { OpenLogin } from '../methods/method.ts';
import type { AnonymousOptions } from './declaration.ts';

<<<<<<< HEAD
export const openAnonymous: OpenLogin<AnonymousOptions> = async (name, { who, tags }) => ({
  method: anonymousMethod({ name, who, tags: parseTags(tags) ?? {} }),
  open: undefined,
});
=======
export const anonymous: LoginMethod<Anonymous> = {
  open: async (name, { who, tags }) => ({
    method: anonymousMethod({ name, who, tags: parseTags(tags) ?? {} }),
    open: undefined,
  }),
  // It applies to clients without a user name.
  bindsNames: () => ['username'],
  usesNames: () => [],
  advise: (name) => `write ${declare(name)} if something in front of this server guarantees it`,
};
>>>>>>> ebc44e8 (Write the texts of src/lookup in plain English)
