/** Users files in every format. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { parseUsers, recordsOf, type UserFormat } from '../../../src/lookup/users/parse.ts';
import { indexUsers } from '../../../src/policy/login/users.ts';
import { mutatedText } from '../mutate.ts';
import { defineTarget, ensure } from '../target.ts';

const bcrypt = '$2b$04$bbcGNzx0O.qC4jLxBUJp7.XVH5GN/iiBQNVA5GFuy.mkQkv3m1Mda';
const argon =
  '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQxMjM0NTY$Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE';
const pbkdf2 = 'PBKDF2$sha256$1000$c2FsdHNhbHQ=$Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=';
const mosquitto = `$7$101$c2FsdHNhbHQ=$${Buffer.alloc(64).toString('base64')}`;

/** Long parts of the hashes above: none may come back in a text. */
const secrets = ['bbcGNzx0O', 'Zm9vYmFyYmF6cXV4', 'c29tZXNhbHQxMjM0NTY'];

const samples: Readonly<Record<UserFormat, readonly string[]>> = {
  yaml: [
    `users:\n  - username: alice\n    hash: "${bcrypt}"\n    tags: [a, site=b]\n    addresses: 10.0.0.0/8\n`,
    `- { clientid: c, hash: { hash: "${'ab'.repeat(32)}", salt: x, algorithm: sha256 } }\n`,
  ],
  json: [
    `[{"user_id":"a","password_hash":"${bcrypt}","salt":"x","is_superuser":true}]`,
    `[{"username":"a","hash":"${argon}"}]`,
  ],
  jsonl: [`{"username":"a","hash":"${pbkdf2}"}\n{"username":"b","hash":"${bcrypt}"}\n`],
  csv: [
    `username,hash,tags\na,${bcrypt},x;y=1\n"b ""q""","${mosquitto}",\n`,
    `user_id,password_hash,salt,is_superuser\na,${'ab'.repeat(32)},s,true\n`,
  ],
  passwd: [`a:${bcrypt}\nb:${mosquitto}\n`, `# comment\nc:${argon}\n`],
};

const words = [
  'username',
  'hash:',
  '$2y$',
  '$7$',
  'PBKDF2$',
  'iterations',
  '99999999999',
  'tags',
  '"",""',
  '\r\n',
];

export const users = () =>
  defineTarget({
    name: 'users',
    input: fc
      .constantFrom(...(Object.keys(samples) as UserFormat[]))
      .chain((format) =>
        fc.record({ format: fc.constant(format), text: mutatedText(samples[format], words) }),
      ),
    check({ format, text }: { format: UserFormat; text: string }) {
      const options = { hash: { algorithm: 'sha256' } } as const;
      const read = parseUsers(text, format, options);
      if (read.ok) {
        const plain = indexUsers(recordsOf(text, format), options);
        if (!plain.ok) throw new Error('packed users are those that are not packed');
        ensure(read.users.size === plain.users.size, 'an index of all users');
        for (const by of ['byUsername', 'byClientId'] as const)
          for (const [name, user] of plain.users[by])
            ensure(isDeepStrictEqual(read.users[by].get(name), user), 'every user as it was read');
        return;
      }
      ensure(read.problems.length > 0, 'a problem');
      for (const { line, message } of read.problems) {
        ensure(line >= 0 && message !== '', 'a line and a message');
        for (const secret of secrets) ensure(!message.includes(secret), 'no part of a hash in a message');
      }
    },
  });
