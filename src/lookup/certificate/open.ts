/** The method `certificate` makes no request. */
import { certificateMethod } from '../../policy/login/login-by-name.ts';
import { parseTags } from '../../policy/login/tags.ts';
import type { OpenLogin } from '../methods/method.ts';
import type { CertificateOptions } from './declaration.ts';
import { compileNames } from './names.ts';

export const openCertificate: OpenLogin<CertificateOptions> = async (name, { commonName, subject, tags }) => {
  const options = { name, commonName: compileNames(commonName), subject: compileNames(subject) };
  return { method: certificateMethod({ ...options, tags: parseTags(tags) ?? {} }), open: undefined };
};
