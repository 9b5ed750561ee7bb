/** The method `certificate`: names of the client's TLS certificate. It asks nobody. */

import { certificateMethod } from '../../policy/login/login-by-name.ts';
import { namesInConditions } from '../../policy/login/name-uses.ts';
import { parseTags } from '../../policy/login/tags.ts';
import { type LoginMethod, namesIn } from '../methods/kind.ts';
import type { Certificate } from './declaration.ts';
import { compileNames } from './names.ts';

export const certificate: LoginMethod<Certificate> = {
  async open(name, { commonName, subject, tags }) {
    const options = { name, commonName: compileNames(commonName), subject: compileNames(subject) };
    return { method: certificateMethod({ ...options, tags: parseTags(tags) ?? {} }), open: undefined };
  },
  bindsNames: ({ commonName, subject }) =>
    [commonName, subject].flatMap((conditions) => namesInConditions(compileNames(conditions))),
  usesNames: namesIn,
  advise: (name) => `write commonName: "\${${name}}"`,
};
