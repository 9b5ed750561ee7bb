/** The method `anonymous` makes no request. */
import { anonymousMethod } from '../../policy/login/login-by-name.ts';
import { parseTags } from '../../policy/login/tags.ts';
import type { OpenLogin } from '../methods/method.ts';
import type { AnonymousOptions } from './declaration.ts';

export const openAnonymous: OpenLogin<AnonymousOptions> = async (name, { who, tags }) => ({
  method: anonymousMethod({ name, who, tags: parseTags(tags) ?? {} }),
  open: undefined,
});
