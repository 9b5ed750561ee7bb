/** The method `jwt`: JSON Web Tokens, and the source of their keys. */
import * as z from 'zod';
import {
  choice,
  expects,
  section,
  text,
  whenValid,
  wholeNumber,
  yesOrNo,
} from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE, size } from '../../lib/schema/units.ts';
import type { BoundName } from '../../policy/login/bound-names.ts';
import { claimNames, compileClaims } from '../../policy/login/claims.ts';
import { nameInTemplate } from '../../policy/login/determined-names.ts';
import { defineLoginMethod, namesIn } from '../methods/kind.ts';
import { headers, problemOf } from '../methods/option-parts.ts';

function listOr<Item extends z.ZodType>(item: Item, noun: string, write: string) {
  const error = expects(noun, `${write}, or a list of them`);
  return z.union([item, z.array(item, { error }).min(1, { error })], { error });
}

const names = (noun: string) => listOr(text(noun, 'a text'), noun, 'a text').optional();

const jwksUrl = text('a URL', 'an http(s) URL').refine(
  (url) => /^https?:\/\//.test(url) && URL.canParse(url),
  { error: 'is not a URL; write one that begins with https://' },
);

const Jwks = section(() => ({
  url: jwksUrl.describe('The URL of the JWK Set.'),
  headers: headers.describe('Sent with each request; a value may be { env } or { file }.'),
  maxAge: duration(POSITIVE)
    .prefault('10m')
    .describe('Keys older than this are refreshed in the background.'),
  maxStale: duration(POSITIVE)
    .prefault('1d')
    .describe('Keys older than this are not used, even while the source is down.'),
  cooldown: duration(POSITIVE).prefault('30s').describe('The minimum time between two requests.'),
  timeout: duration(POSITIVE).prefault('3s').describe('Time limit for an answer.'),
  maxKeys: wholeNumber('a number of keys', 1, 100_000)
    .prefault(1000)
    .describe('The most keys; a larger set is rejected.'),
  ca: path('./ca.pem')
    .optional()
    .describe("Certificate authorities to trust instead of Node's own, a PEM file."),
}));

const Jwt = section(() => ({
  from: choice(['password', 'username'])
    .prefault('password')
    .describe('The field with the token. Default: password.'),
  secret: secret('a secret').optional().describe('The shared secret of HS256, HS384 and HS512.'),
  secretEncoding: choice(['utf-8', 'base64'])
    .prefault('utf-8')
    .describe('The encoding of the secret. Default: utf-8.'),
  publicKey: secret('a public key')
    .optional()
    .describe('A public key, PEM or JWK. A file is reloaded when it changes.'),
  jwks: z
    .union([jwksUrl, Jwks], { error: expects('a URL', 'an https:// URL, or { url, maxAge, ... }') })
    .optional()
    .describe(
      'The URL of a JWK Set. Its keys are cached, refreshed, and kept in use while it cannot be reached.',
    ),
  algorithms: z
    .array(text('an algorithm', 'one such as RS256'), {
      error: expects('a list', 'algorithms such as [RS256]'),
    })
    .min(1, { error: 'is empty; list an algorithm, or remove it' })
    .optional()
    .describe(
      'The accepted algorithms. When absent: all that the key can verify; never none, never HMAC with a public key. Secrets (oct) in a JWK Set are used if it contains nothing else, or if you list an HMAC algorithm here.',
    ),
  issuer: names('an issuer').describe('Required value of the claim iss, or a list of alternatives.'),
  audience: names('an audience').describe('Required audience in the claim aud, or a list of alternatives.'),
  clockTolerance: duration()
    .prefault('0s')
    .describe('Allowed clock skew. It also extends the grants of a token.'),
  requireExpiry: yesOrNo().prefault(true).describe('Whether tokens without exp are refused. Default: true.'),
  maxTokenBytes: size({ min: 64, max: 65_535, reads: 'from 64B to 65535B' })
    .prefault('8KiB')
    .describe('Longer tokens are refused without parsing.'),
  claims: z
    .record(z.string(), text('a text', `a text; placeholders: ${claimNames.join(', ')}`), {
      error: expects('a mapping', 'claims with the text each must equal, such as sub: "${clientid}"'),
    })
    .optional()
    .describe('Required values of claims, such as { sub: "${clientid}" }.'),
  tags: text('a claim', 'the name of a claim')
    .optional()
    .describe('The claim that holds tags, by name or by path, such as realm_access.roles.'),
  acl: text('a claim', 'the name of a claim')
    .prefault('acl')
    .describe("The claim with the grants, in either of EMQX's formats. Default: acl."),
}))
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
export type JwtOptions = z.output<typeof Jwt>;

export const jwt = defineLoginMethod({
  name: 'jwt',
  summary: 'JSON Web Tokens.',
  options: Jwt,
  load: () => import('./open.ts').then(({ openJwt }) => openJwt),
  vouches: {
    username: 'when a claim must equal a text with `${username}`, or with `from: username`',
    clientid: 'when a claim must equal a text with `${clientid}`',
  },
  bindsNames({ claims, from }) {
    const bound = compileClaims(claims ?? {}).flatMap(({ expected }) => nameInTemplate(expected) ?? []);
    return [...bound, ...ofToken(from)];
  },
  usesNames: ({ claims, from }) => [...namesIn(claims), ...ofToken(from)],
  advise: (name) => `write claims: { sub: "\${${name}}" }, or the claim that has it`,
  urls({ jwks }) {
    const url = typeof jwks === 'object' ? jwks.url : jwks;
    return url === undefined ? [] : [{ key: 'jwks', url }];
  },
  needsNoPassword: ({ from }) => from === 'username',
  tokenIn: ({ from }) => from,
  asksService: ({ jwks }) => jwks !== undefined,
});

/** Only the client has the token, and with it the name. */
function ofToken(from: JwtOptions['from']): readonly BoundName[] {
  return from === 'username' ? ['username'] : [];
}
