/** The method `users`: names and password hashes, in a file or in the configuration. */
import * as z from 'zod';
import { choice, expects, section, whenValid, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { algorithms, macFunctions, saltPositions } from '../../policy/login/password-fields.ts';
import type { UserOptions } from '../../policy/login/user-record.ts';
import { indexUsers } from '../../policy/login/users.ts';
import { findAddressProblem } from '../../policy/text/cidr.ts';
import { defineLoginMethod } from '../methods/kind.ts';

const Users = section(() => ({
  file: path('./users.yaml')
    .optional()
    .describe(
      'The users file: YAML, JSON, JSON Lines, CSV, or the name:hash lines of mosquitto_passwd, htpasswd -B and htpasswd -s. Reloaded when it changes.',
    ),
  list: z
    .array(z.record(z.string(), z.unknown()), { error: expects('a list', 'users, each after a "-"') })
    .optional()
    .describe('Inline users, instead of a file.'),
  format: choice(['yaml', 'json', 'jsonl', 'csv', 'passwd'])
    .optional()
    .describe('The form of the file. When absent, the file extension decides.'),
  userId: choice(['username', 'clientid'])
    .prefault('username')
    .describe('The meaning of user_id in files exported by EMQX. Default: username.'),
  hash: section(() => ({
    algorithm: choice(algorithms).optional().describe('EMQX: password_hash_algorithm.name.'),
    salt_position: choice(saltPositions).optional().describe('The position of the salt. Default: prefix.'),
    mac_fun: choice(macFunctions).optional().describe('PBKDF2 only.'),
    iterations: wholeNumber('a number', 1, 10_000_000).optional().describe('PBKDF2 only.'),
    dk_length: wholeNumber('a number', 1, 1024)
      .optional()
      .describe('PBKDF2 only: length of the derived key in bytes.'),
  }))
    .optional()
    .describe("Settings for hashes that do not name their form: EMQX's password_hash_algorithm."),
  saltEncoding: choice(['base64', 'utf-8'])
    .prefault('base64')
    .describe(
      'The encoding of the salt in PBKDF2$...: base64 (mosquitto-go-auth) or utf-8 (mosquitto-auth-plug).',
    ),
  allowPlain: yesOrNo()
    .prefault(false)
    .describe('Whether to accept passwords that are not hashed. Default: false.'),
  allowEmpty: yesOrNo()
    .optional()
    .describe(
      'Whether to accept an empty file while the server runs, which removes all its users. Default: false: the previous users stay.',
    ),
}))
  .refine(({ file, list }) => (file === undefined) !== (list === undefined), {
    when: whenValid,
    error: 'needs either file or list',
  })
  .superRefine((users, context) => {
    if (users.list === undefined || context.issues.length > 0) return;
    const records = users.list.map((fields, i) => ({ line: i, fields }));
    const read = indexUsers(records, userOptionsOf(users));
    if (read.ok) return;
    for (const { line, message } of read.problems)
      context.addIssue({ code: 'custom', path: ['list', line], message });
  });
export type UsersOptions = z.output<typeof Users>;

export const users = defineLoginMethod({
  name: 'users',
  summary: 'Users with password hashes, from a file or inline.',
  options: Users,
  load: () => import('./open.ts').then(({ openUsers }) => openUsers),
  vouches: { username: 'when each user has a `username`', clientid: 'when each user has a `clientid`' },
  // Decided per user: see `vouched` and `sharedNames` of the opened method.
  bindsNames: () => [],
  usesNames: () => [],
  advise: (name) => `give each of its users a ${name}`,
});

/** Returns the options for reading users from the section `users`. */
export function userOptionsOf(
  users: Pick<UsersOptions, 'userId' | 'allowPlain' | 'hash' | 'saltEncoding'>,
): UserOptions {
  const { userId, allowPlain, hash, saltEncoding } = users;
  return { userId, allowPlain, saltEncoding, findAddressProblem, ...(hash !== undefined && { hash }) };
}
