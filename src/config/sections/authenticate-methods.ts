/** The methods of `authenticate.methods`: users, jwt, certificate, http, anonymous. */
import * as z from 'zod';
import { compileRequest } from '../../lookup/http-request.ts';
import { parseCidr } from '../../policy/cidr.ts';
import { claimNames, compileClaims } from '../../policy/claims.ts';
import { algorithms, macFunctions, saltPositions } from '../../policy/password-fields.ts';
import type { TextCondition } from '../../policy/rule.ts';
import { findRuleProblems, findTextProblem } from '../../policy/rule-check.ts';
import { TextConditionSchema, WhoSchema } from '../../policy/rule-schema.ts';
import { parseTags } from '../../policy/tags.ts';
import { compileText } from '../../policy/text-template.ts';
import type { UserOptions } from '../../policy/user-record.ts';
import { indexUsers } from '../../policy/users.ts';
import { choice, expects, section, text, whenValid, wholeNumber, yesOrNo } from '../expects.ts';
import { duration, POSITIVE, size } from '../units.ts';
import { secret } from './secret.ts';

const path = (example: string) => text('a path', `a path such as ${example}`);

function listOr<Item extends z.ZodType>(item: Item, noun: string, write: string) {
  const error = expects(noun, `${write}, or a list of them`);
  return z.union([item, z.array(item, { error }).min(1, { error })], { error });
}

/** Tells a user's address problem in a sentence. */
export function findAddressProblem(address: string): string | undefined {
  return parseCidr(address) === undefined ? 'is no IP address or CIDR block such as 10.0.0.0/8' : undefined;
}

/** What reading users needs to know, from the section `users`. */
export function userOptionsOf(
  users: Pick<Users, 'userId' | 'allowPlain' | 'hash' | 'saltEncoding'>,
): UserOptions {
  const { userId, allowPlain, hash, saltEncoding } = users;
  return { userId, allowPlain, saltEncoding, findAddressProblem, ...(hash !== undefined && { hash }) };
}

export const Users = section({
  file: path('./users.yaml')
    .optional()
    .describe(
      'The users file: YAML, JSON, JSON Lines, CSV, or name:hash lines of mosquitto_passwd. Read again when it changes.',
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
  hash: section({
    algorithm: choice(algorithms).optional().describe('EMQX: password_hash_algorithm.name.'),
    salt_position: choice(saltPositions).optional().describe('Where the salt stands. Default: prefix.'),
    mac_fun: choice(macFunctions).optional().describe('PBKDF2 only.'),
    iterations: wholeNumber('a number', 1, 10_000_000).optional().describe('PBKDF2 only.'),
    dk_length: wholeNumber('a number', 1, 1024).optional().describe('PBKDF2 only: bytes of the derived key.'),
  })
    .optional()
    .describe("How hashes were made that do not say so themselves: EMQX's password_hash_algorithm."),
  saltEncoding: choice(['base64', 'utf-8'])
    .prefault('base64')
    .describe('How PBKDF2$... spells its salt: base64 (mosquitto-go-auth) or utf-8 (mosquitto-auth-plug).'),
  allowPlain: yesOrNo()
    .prefault(false)
    .describe('Whether passwords that are not hashed are accepted. Default: false.'),
})
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

const names = (noun: string) => listOr(text(noun, 'a text'), noun, 'a text').optional();

const jwksUrl = text('a URL', 'an http(s) URL').refine(
  (url) => /^https?:\/\//.test(url) && URL.canParse(url),
  { error: 'is not a URL; write one that begins with https://' },
);

const Jwks = section({
  url: jwksUrl.describe('Where the JWK Set is.'),
  maxAge: duration(POSITIVE).prefault('10m').describe('Older keys are asked for again in the background.'),
  maxStale: duration(POSITIVE)
    .prefault('1d')
    .describe('Older keys are not used, even while the source is down.'),
  cooldown: duration(POSITIVE).prefault('30s').describe('The least time between two requests.'),
  timeout: duration(POSITIVE).prefault('3s').describe('The longest wait for an answer.'),
  maxKeys: wholeNumber('a number of keys', 1, 100_000).prefault(1000).describe('A set with more is refused.'),
  ca: path('./ca.pem')
    .optional()
    .describe("Certificate authorities to trust in place of Node's own, a PEM file."),
});

export const Jwt = section({
  from: choice(['password', 'username'])
    .prefault('password')
    .describe('Where the token is. Default: password.'),
  secret: secret('a secret').optional().describe('The shared secret of HS256, HS384 and HS512.'),
  secretEncoding: choice(['utf-8', 'base64'])
    .prefault('utf-8')
    .describe('What the secret is written in. Default: utf-8.'),
  publicKey: secret('a public key').optional().describe('PEM or JWK. A file is read again when it changes.'),
  jwks: z
    .union([jwksUrl, Jwks], { error: expects('a URL', 'an https:// URL, or { url, maxAge, ... }') })
    .optional()
    .describe(
      'The URL of a JWK Set; its keys are remembered, refreshed, and used on while it cannot be reached.',
    ),
  algorithms: z
    .array(text('an algorithm', 'one such as RS256'), {
      error: expects('a list', 'algorithms such as [RS256]'),
    })
    .min(1, { error: 'is empty; list an algorithm, or remove it' })
    .optional()
    .describe('The only algorithms accepted. When absent: all that the key can verify, never none.'),
  issuer: names('an issuer').describe('The claim iss must be this, or one of these.'),
  audience: names('an audience').describe('The claim aud must have this, or one of these.'),
  clockTolerance: duration().prefault('0s').describe('By how much clocks may differ.'),
  requireExpiry: yesOrNo().prefault(true).describe('Whether tokens without exp are refused. Default: true.'),
  maxTokenBytes: size({ min: 64, max: 65_535, reads: 'from 64B to 65535B' })
    .prefault('8KiB')
    .describe('Longer tokens are refused unread.'),
  claims: z
    .record(z.string(), text('a text', `a text; placeholders: ${claimNames.join(', ')}`), {
      error: expects('a mapping', 'claims with the text each must equal, such as sub: "${clientid}"'),
    })
    .optional()
    .describe('Claims and the text each must equal, such as { sub: "${clientid}" }.'),
  tags: text('a claim', 'the name of a claim').optional().describe('The claim that holds tags.'),
  acl: text('a claim', 'the name of a claim')
    .prefault('acl')
    .describe("The claim that holds grants, in either of EMQX's forms. Default: acl."),
})
  .refine(
    ({ secret, publicKey, jwks }) =>
      [secret, publicKey, jwks].filter((key) => key !== undefined).length === 1,
    {
      when: whenValid,
      error: 'needs one key: secret, publicKey or jwks',
    },
  )
  .superRefine(({ claims }, context) => {
    for (const [claim, template] of Object.entries(claims ?? {})) {
      const message = problemOf(() => compileClaims({ [claim]: template }));
      if (message !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['claims', claim],
          message: message.replace(/^claims\.[^:]*: /, ''),
        });
    }
  });
export type Jwt = z.output<typeof Jwt>;

/** A condition of a certificate: with `${` a template, else a condition on the text. */
const NameCondition = TextConditionSchema.superRefine((condition, context) => {
  const message = findNameProblem(condition);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

function findNameProblem(condition: TextCondition): string | undefined {
  if (!isNameTemplate(condition)) return findTextProblem(condition);
  return problemOf(() => compileText(condition, nameTemplateNames));
}

/** What templates of certificates may name. */
export const nameTemplateNames = ['clientid', 'username'] as const;

/** Is it a template such as `${clientid}`, and no plain condition? */
export function isNameTemplate(condition: TextCondition): condition is string {
  return typeof condition === 'string' && condition.includes('${');
}

const nameConditions = z
  .union([NameCondition, z.array(NameCondition).min(1)], {
    error: expects(
      'a condition',
      'a text, a template such as "${clientid}", { like }, { regex }, or a list of them',
    ),
  })
  .optional();

const tags = z
  .union([z.array(z.string()), z.record(z.string(), z.string())], {
    error: expects('tags', 'a list of names, or name: value'),
  })
  .refine((value) => parseTags(value) !== undefined, {
    error: 'are no tags; write names of letters, digits, "_", ".", ":" and "-"',
  })
  .optional();

export const Certificate = section({
  commonName: nameConditions.describe(
    'The common name: a text, a template such as "${clientid}", { like }, { regex }, or a list of which one must hold.',
  ),
  subject: nameConditions.describe('The same for the whole subject (DN).'),
  tags: tags.describe('Tags of clients that this method admits.'),
}).refine(({ commonName, subject }) => commonName !== undefined || subject !== undefined, {
  when: whenValid,
  error: 'needs commonName or subject: the broker checks who signed, not whom it is for',
});
export type Certificate = z.output<typeof Certificate>;

const headers = z
  .record(z.string(), secret('a header'), {
    error: expects('a mapping', 'headers, such as authorization: { env: NAME }'),
  })
  .optional();

export const Http = section({
  url: text('a URL', 'an http(s) URL').describe('Placeholders may stand in path and query, not in the host.'),
  method: choice(['post', 'get'])
    .prefault('post')
    .describe('With get, body goes into the query. Default: post.'),
  headers: headers.describe(
    'Sent with each request; a value may be { env } or { file }. content-type decides how the body is written: JSON or a form.',
  ),
  body: z
    .record(z.string(), z.string({ error: expects('a text', 'a text') }), {
      error: expects('a mapping', 'fields, such as username: "${username}"'),
    })
    .prefault({ clientid: '${clientid}', username: '${username}', password: '${password}' })
    .describe('The fields that are sent. Default: clientid, username and password.'),
  timeout: duration(POSITIVE)
    .prefault('3s')
    .describe("The longest wait, retries included. Default: 3s, within EMQX's 5s."),
  retries: wholeNumber('a number of retries', 0, 10)
    .prefault(1)
    .describe('Further attempts after a failure. Default: 1.'),
  breaker: section({
    failures: wholeNumber('a number of failures', 1, 1000)
      .prefault(5)
      .describe('Failures in a row that open the circuit.'),
    openFor: duration(POSITIVE).prefault('10s').describe('How long the service is left alone then.'),
  })
    .prefault({})
    .describe('When a service that fails is left alone for a while.'),
  ignoreBroken: yesOrNo()
    .prefault(false)
    .describe(
      'Whether a broken answer counts as "ignore", as in EMQX, instead of as a failure. Default: false.',
    ),
  maxConnections: wholeNumber('a number of connections', 1, 10_000)
    .prefault(32)
    .describe('Further requests wait.'),
  ca: path('./ca.pem')
    .optional()
    .describe("Certificate authorities to trust in place of Node's own, a PEM file."),
  cert: path('./client.pem').optional().describe('A client certificate, a PEM file.'),
  key: path('./client.key').optional().describe('Its private key, a PEM file.'),
}).superRefine(({ url, method, headers = {}, body }, context) => {
  const parts = [
    ['url', {}, {}, undefined],
    ...Object.entries(headers).map(
      ([name, value]) => ['headers', typeof value === 'string' ? { [name]: value } : {}, {}, name] as const,
    ),
    ...Object.entries(body).map(([name, value]) => ['body', {}, { [name]: value }, name] as const),
  ] as const;
  for (const [key, someHeaders, someBody, name] of parts) {
    const given = key === 'url' ? url : 'http://host';
    const message = problemOf(() =>
      compileRequest({ method, url: given, headers: someHeaders, body: someBody }),
    );
    if (message === undefined) continue;
    context.addIssue({
      code: 'custom',
      path: name === undefined ? [key] : [key, name],
      message: message.replace(/^(url|headers\.[^:]*|body\.[^:]*): /, ''),
    });
  }
});
export type Http = z.output<typeof Http>;

export const Anonymous = section({
  who: WhoSchema.optional().describe(
    'Conditions on the client. When absent: every client without a user name.',
  ),
  tags: tags.describe('Tags of clients that this method admits.'),
}).superRefine(({ who }, context) => {
  if (who === undefined || context.issues.length > 0) return;
  for (const { path: at, message } of findRuleProblems({ allow: 'all', who }))
    context.addIssue({ code: 'custom', path: [...at], message });
});
export type Anonymous = z.output<typeof Anonymous>;

/** One method: its kind as a key, and a name for logs. */
export const MethodSection = section(
  {
    name: text('a name', 'a name for logs').optional().describe('What logs call it. When absent: its kind.'),
    users: Users.optional().describe('Users with password hashes, from a file or written here.'),
    jwt: Jwt.optional().describe('JSON Web Tokens.'),
    certificate: Certificate.optional().describe("The client's TLS certificate, as the broker passes it on."),
    http: Http.optional().describe("An HTTP service in the form of EMQX's HTTP authenticator."),
    anonymous: Anonymous.optional().describe('Clients without a user name.'),
  },
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

function problemOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'cannot be used';
  }
}
