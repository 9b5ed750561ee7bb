/** The methods of `authenticate.methods`: users, jwt, certificate, http, anonymous; a file each in `authenticate/`. */
import * as z from 'zod';
import { choice, expects, section, text, whenValid } from '../../lib/schema/builders.ts';
import { boundNames } from '../../policy/login/bound-names.ts';
import { Anonymous } from './authenticate/anonymous.ts';
import { Certificate } from './authenticate/certificate.ts';
import { Http } from './authenticate/http.ts';
import { Jwt } from './authenticate/jwt.ts';
import { Users } from './authenticate/users.ts';

/** One method: its kind as a key, and a name for logs. */
export const MethodSection = section(
  () => ({
    name: text('a name', 'a name for logs').optional().describe('What logs call it. When absent: its kind.'),
    users: Users.optional().describe('Users with password hashes, from a file or written here.'),
    jwt: Jwt.optional().describe('JSON Web Tokens.'),
    certificate: Certificate.optional().describe("The client's TLS certificate, as the broker passes it on."),
    http: Http.optional().describe("An HTTP service in the form of EMQX's HTTP authenticator."),
    anonymous: Anonymous.optional().describe('Clients without a user name.'),
    vouchesFor: z
      .array(choice(boundNames), { error: expects('a list', 'names, such as [username]') })
      .optional()
      .describe(
        'The names that a client of this method cannot choose, besides those that its settings show: of an http method those that the service compares, of any method those that the broker sets. Each is username or clientid.',
      ),
  }),
  'a method',
).refine((method) => methodKinds.filter((kind) => method[kind] !== undefined).length === 1, {
  when: whenValid,
  error: 'is not one method; write one of users:, jwt:, certificate:, http: or anonymous: behind each "-"',
});
export type MethodSection = z.output<typeof MethodSection>;

export const methodKinds = ['users', 'jwt', 'certificate', 'http', 'anonymous'] as const;
export type MethodKind = (typeof methodKinds)[number];

/** The kind of a method, and its name: its own, or the kind, with a number from the second on. */
export function nameMethods(
  methods: readonly MethodSection[],
): readonly { kind: MethodKind; name: string }[] {
  const seen = new Map<string, number>();
  return methods.map((method) => {
    const kind = methodKinds.find((candidate) => method[candidate] !== undefined) ?? 'users';
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return { kind, name: method.name ?? (count === 1 ? kind : `${kind}-${count}`) };
  });
}
