/** The method `certificate`: checks names of the client's TLS certificate. */
import * as z from 'zod';
import { expects, section, whenValid } from '../../lib/schema/builders.ts';
import { namesInConditions } from '../../policy/login/determined-names.ts';
import { compileText } from '../../policy/text/text-template.ts';
import type { TextCondition } from '../../policy/topics/rule.ts';
import { findTextProblem } from '../../policy/topics/rule-check.ts';
import { TextConditionSchema } from '../../policy/topics/rule-schema.ts';
import { defineLoginMethod, namesIn } from '../methods/kind.ts';
import { problemOf, tags } from '../methods/option-parts.ts';
import { compileNames, isNameTemplate, nameTemplateNames } from './names.ts';

/** A condition on a certificate: with `${` a template, else a condition on the text. */
const NameCondition = TextConditionSchema.superRefine((condition, context) => {
  const message = findNameProblem(condition);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

function findNameProblem(condition: TextCondition): string | undefined {
  if (!isNameTemplate(condition)) return findTextProblem(condition);
  return problemOf(() => compileText(condition, nameTemplateNames));
}

const nameConditions = z
  .union([NameCondition, z.array(NameCondition).min(1)], {
    error: expects(
      'a condition',
      'a text, a template such as "${clientid}", { like }, { regex }, or a list of them',
    ),
  })
  .optional();

const Certificate = section(() => ({
  commonName: nameConditions.describe(
    'The common name: a text, a template such as "${clientid}", { like }, { regex }, or a list of alternatives.',
  ),
  subject: nameConditions.describe('Like commonName, for the whole subject (DN).'),
  tags: tags.describe('Tags of clients that this method admits.'),
})).refine(({ commonName, subject }) => commonName !== undefined || subject !== undefined, {
  when: whenValid,
  error: 'needs commonName or subject: the broker checks the signer, not whose certificate it is',
});
export type CertificateOptions = z.output<typeof Certificate>;

export const certificate = defineLoginMethod({
  name: 'certificate',
  summary: "The client's TLS certificate, as reported by the broker.",
  options: Certificate,
  load: () => import('./open.ts').then(({ openCertificate }) => openCertificate),
  vouches: {
    username: 'when each condition on `commonName`, or on `subject`, has `${username}`',
    clientid: 'the same with `${clientid}`',
  },
  bindsNames: ({ commonName, subject }) =>
    [commonName, subject].flatMap((conditions) => namesInConditions(compileNames(conditions))),
  usesNames: namesIn,
  advise: (name) => `write commonName: "\${${name}}"`,
  admitsEveryone: (options) => (admitsAnyCertificate(options) ? EVERY_CERTIFICATE : undefined),
  needsNoPassword: () => true,
});

const EVERY_CERTIFICATE =
  'admits every certificate; write conditions that tell them apart, or iKnowThisAllowsEveryone: true';

function admitsAnyCertificate({ commonName, subject }: CertificateOptions): boolean {
  const given = [commonName, subject].filter((conditions) => conditions !== undefined);
  return given.every((conditions) =>
    [conditions].flat().some((condition) => {
      if (typeof condition === 'string') return false;
      if ('like' in condition) return /^\*+$/.test(condition.like);
      if ('regex' in condition) return ['', '.', '.*', '.+', '^', '^.*$', '^.+$'].includes(condition.regex);
      return 'present' in condition;
    }),
  );
}
