/** The method `users`: names and password hashes, in a file or in the configuration. */
import * as z from 'zod';
import { choice, expects, section, whenValid, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { algorithms, macFunctions, saltPositions } from '../../policy/login/password-fields.ts';
import type { UserOptions } from '../../policy/login/user-record.ts';
import { indexUsers } from '../../policy/login/users.ts';
import { findAddressProblem } from '../../policy/text/cidr.ts';

export const Users = section(() => ({
  file: path('./users.yaml')
    .optional()
    .describe(
      'The users file: YAML, JSON, JSON Lines, CSV, or name:hash lines of mosquitto_passwd and htpasswd -B. Read again when it changes.',
    ),
  list: z
    .array(z.record(z.string(), z.unknown()), { error: expects('a list', 'users, each behind a "-"') })
    .optional()
    .describe('Users written here instead of in a file.'),
  format: choice(['yaml', 'json', 'jsonl', 'csv', 'passwd'])
    .optional()
    .describe("The form of the file. When absent, its name's ending tells."),
  userId: choice(['username', 'clientid'])
    .prefault('username')
    .describe('What `user_id` in files of EMQX is. Default: username.'),
  hash: section(() => ({
    algorithm: choice(algorithms).optional().describe('EMQX: password_hash_algorithm.name.'),
    salt_position: choice(saltPositions).optional().describe('Where the salt stands. Default: prefix.'),
    mac_fun: choice(macFunctions).optional().describe('PBKDF2 only.'),
    iterations: wholeNumber('a number', 1, 10_000_000).optional().describe('PBKDF2 only.'),
    dk_length: wholeNumber('a number', 1, 1024).optional().describe('PBKDF2 only: bytes of the derived key.'),
  }))
    .optional()
    .describe("How hashes were made that do not say so themselves: EMQX's password_hash_algorithm."),
  saltEncoding: choice(['base64', 'utf-8'])
    .prefault('base64')
    .describe('How PBKDF2$... spells its salt: base64 (mosquitto-go-auth) or utf-8 (mosquitto-auth-plug).'),
  allowPlain: yesOrNo()
    .prefault(false)
    .describe('Whether passwords that are not hashed are accepted. Default: false.'),
  allowEmpty: yesOrNo()
    .optional()
    .describe(
      'Whether the file may become empty while the server runs, so that nobody of it is let in. Default: false: then its users stay.',
    ),
}))
  .refine(({ file, list }) => (file === undefined) !== (list === undefined), {
    when: whenValid,
    error: 'needs either file or list; write one of the two',
  })
  .superRefine((users, context) => {
    if (users.list === undefined || context.issues.length > 0) return;
    const records = users.list.map((fields, i) => ({ line: i, fields }));
    const read = indexUsers(records, userOptionsOf(users));
    if (read.ok) return;
    for (const { line, message } of read.problems)
      context.addIssue({ code: 'custom', path: ['list', line], message });
  });
export type Users = z.output<typeof Users>;

/** What reading users needs to know, from the section `users`. */
export function userOptionsOf(
  users: Pick<Users, 'userId' | 'allowPlain' | 'hash' | 'saltEncoding'>,
): UserOptions {
  const { userId, allowPlain, hash, saltEncoding } = users;
  return { userId, allowPlain, saltEncoding, findAddressProblem, ...(hash !== undefined && { hash }) };
}
