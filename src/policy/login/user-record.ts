/** Reads one user from the fields of a record: a CSV line, a YAML entry, a row of EMQX. */
import * as z from 'zod';
import { readSuperuser } from './auth-answer.ts';
import {
  algorithms,
  type HashSettings,
  macFunctions,
  parseHashFields,
  saltPositions,
} from './password-fields.ts';
import { HashError, type HashOptions, type ParsedHash } from './password-hash.ts';
import { parseTags, type Tags, withTag } from './tags.ts';

/** A user. With both a user name and a client id, the client must present both. */
export interface User {
  readonly username?: string;
  readonly clientid?: string;
  readonly hash: ParsedHash;
  readonly tags: Tags;
  /** Allowed source addresses (CIDR); empty means any. */
  readonly addresses: readonly string[];
}

export interface UserOptions extends HashOptions {
  /** Settings for hashes that do not name their form. */
  readonly hash?: HashSettings;
  /** Meaning of EMQX's `user_id`. Default: `username`. */
  readonly userId?: 'username' | 'clientid';
  /** Returns why a text is not an address or network, or `undefined` if it is. */
  readonly findAddressProblem?: (address: string) => string | undefined;
}

// MQTT 5.0 section 1.5.4: a UTF-8 string has at most 65,535 bytes.
const Name = z.string().min(1).max(65_535);
/** Booleans as database tables and EMQX write them. Other texts are mistakes. */
const Flag = z
  .union([z.boolean(), z.null(), z.literal([0, 1]), z.enum(['true', 'false', '1', '0', ''])])
  .transform(readSuperuser);
const Count = z.coerce.number().int().positive();
/** An empty cell is how CSV omits a value. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());

const hashSettings = {
  algorithm: optional(z.enum(algorithms)),
  salt_position: optional(z.enum(saltPositions)),
  mac_fun: optional(z.enum(macFunctions)),
  iterations: optional(Count),
  dk_length: optional(Count),
};

const HashObject = z.strictObject({ hash: z.string(), salt: z.string().optional(), ...hashSettings });

const Fields = z.strictObject({
  username: optional(Name),
  clientid: optional(Name),
  user_id: optional(Name),
  hash: z.union([z.string(), HashObject], 'expected a password hash, as text or as fields').optional(),
  password_hash: z.string().optional(),
  password: z.string().optional(),
  salt: optional(z.string()),
  ...hashSettings,
  tags: z.unknown().optional(),
  addresses: z.union([z.string(), z.array(z.string())]).optional(),
  is_superuser: Flag.optional(),
});

type Fields = z.infer<typeof Fields>;

/** Reads a user, or returns all problems of the fields, never their values. */
export function readUser(raw: unknown, options: UserOptions): { user: User } | { problems: string[] } {
  const parsed = Fields.safeParse(raw);
  if (!parsed.success) return { problems: parsed.error.issues.map(describeIssue) };
  const fields = parsed.data;
  const problems: string[] = [];
  const names = namesOf(fields, options);
  const hash = attempt(() => hashOf(fields, options), problems);
  const tags = parseTags(fields.tags);
  const addresses = splitAddresses(fields.addresses);
  if (Object.keys(names).length === 0) problems.push('a user needs a "username" or a "clientid"');
  if (tags === undefined)
    problems.push(
      'tags: expected names, or name=value, separated by ";"; put numbers of more than 15 digits in quotes',
    );
  for (const address of addresses) {
    const problem = options.findAddressProblem?.(address);
    if (problem !== undefined) problems.push(`addresses: ${problem}`);
  }
  if (hash === undefined || tags === undefined || problems.length > 0) return { problems };
  return { user: makeUser(names, hash, withSuperuser(tags, fields), addresses) };
}

/** Lists the fields: for files of a million users, an object spread takes as long as all the rest. */
function makeUser(
  { username, clientid }: Pick<User, 'username' | 'clientid'>,
  hash: ParsedHash,
  tags: Tags,
  addresses: readonly string[],
): User {
  if (username === undefined)
    return clientid === undefined ? { hash, tags, addresses } : { clientid, hash, tags, addresses };
  if (clientid === undefined) return { username, hash, tags, addresses };
  return { username, clientid, hash, tags, addresses };
}

function namesOf(fields: Fields, options: UserOptions): Pick<User, 'username' | 'clientid'> {
  const isClientId = options.userId === 'clientid';
  const username = fields.username ?? (isClientId ? undefined : fields.user_id);
  const clientid = fields.clientid ?? (isClientId ? fields.user_id : undefined);
  if (username === undefined) return clientid === undefined ? {} : { clientid };
  return clientid === undefined ? { username } : { username, clientid };
}

function hashOf(fields: Fields, options: UserOptions): ParsedHash {
  const given = [fields.hash, fields.password_hash, fields.password].filter(
    (value) => value !== undefined && value !== '',
  );
  if (given.length !== 1) throw new HashError('a user needs one of "hash", "password_hash" and "password"');
  if (fields.password) return parseHashFields({ algorithm: 'plain', hash: fields.password }, options);
  if (typeof fields.hash === 'object') return parseHashFields(fields.hash, options);
  const { algorithm, salt_position, mac_fun, iterations, dk_length, salt } = fields;
  const hash = fields.hash || fields.password_hash || '';
  const own = { algorithm, salt_position, mac_fun, iterations, dk_length };
  const hasOwn = Object.values(own).some((value) => value !== undefined);
  if (!hasOwn && options.hash === undefined) return parseHashFields({ salt, hash }, options);
  return parseHashFields({ ...options.hash, ...definedOnly(own), salt, hash }, options);
}

function definedOnly<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Values>;
}

/** ExHook cannot grant superuser rights: the flag becomes a tag, and rules decide what it allows. */
function withSuperuser(tags: Tags, fields: Fields): Tags {
  return fields.is_superuser === true ? withTag(tags, 'superuser') : tags;
}

function splitAddresses(addresses: Fields['addresses'] = []): string[] {
  return typeof addresses === 'string' ? addresses.split(/[;\s]+/).filter(Boolean) : addresses;
}

function attempt<Value>(make: () => Value, problems: string[]): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof HashError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

/** Names the field and what was expected. zod's messages never contain the value. */
function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown field: the known ones are ${Object.keys(Fields.shape).join(', ')}`;
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
