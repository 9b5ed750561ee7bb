/**
 * For which of user name and client id each login method vouches of every client that it admits, so that rules may rely
 * on it: by its settings, and by what `vouchesFor` declares. The limiter needs less, see `vouching.ts`.
 */
import type { Config } from '../../config/schema.ts';
import type { MethodSection } from '../../config/sections/authenticate-methods.ts';
import { type BoundName, boundNames } from '../../policy/login/bound-names.ts';
import { compileClaims } from '../../policy/login/claims.ts';
import { nameInTemplate, namesInConditions } from '../../policy/login/name-uses.ts';
import type { OpenedMethod } from './methods.ts';
import { compileNames } from './names.ts';

/** Something that admits clients. */
export interface Voucher {
  /** As messages call it. */
  readonly label: string;
  /** What it vouches for now, of every client that it admits: a users file may change. */
  vouchesFor(): ReadonlySet<BoundName>;
  /** What to write so that it vouches for a name. */
  advise(name: BoundName): string;
}

/** All that admit clients; nothing when logins are not decided here. */
export function vouchersOf(
  authenticate: Config['authenticate'],
  methods: readonly OpenedMethod[],
): readonly Voucher[] {
  if (authenticate === undefined) return [];
  const { otherwise, onError, mode } = authenticate;
  const open = [
    ...(otherwise === 'allow' ? [nobody('authenticate.otherwise: allow', 'write deny')] : []),
    // With `ignore`, and in shadow mode, others let in whom they like.
    ...(onError === 'allow' || onError === 'ignore'
      ? [nobody(`authenticate.onError: ${onError}`, 'write deny')]
      : []),
    ...(mode === 'shadow' ? [nobody('authenticate.mode: shadow', 'write mode: enforce')] : []),
  ];
  return [
    ...methods.map((method) => ({
      label: `authenticate method ${method.name}`,
      vouchesFor: () => guaranteedBy(method),
      advise: (name: BoundName) => advise(method.section, name),
    })),
    ...open,
  ];
}

function nobody(label: string, advice: string): Voucher {
  return { label, vouchesFor: () => new Set(), advise: () => advice };
}

/** @param client of this client alone, as far as the method tells clients apart. */
export function guaranteedBy(
  { section, open }: Pick<OpenedMethod, 'section' | 'open'>,
  client?: Readonly<Record<BoundName, string>>,
): ReadonlySet<BoundName> {
  const ofClient = client && open?.vouched?.(client);
  const ofUsers = ofClient ? boundNames.filter((name) => ofClient[name]) : (open?.sharedNames?.() ?? []);
  return new Set([...(section.vouchesFor ?? []), ...bySettings(section), ...ofUsers]);
}

function bySettings({ jwt, certificate, anonymous }: MethodSection): readonly BoundName[] {
  if (jwt !== undefined) {
    const bound = compileClaims(jwt.claims ?? {}).flatMap(({ expected }) => nameInTemplate(expected) ?? []);
    // Nobody else has the token, and with it the name.
    return jwt.from === 'username' ? [...bound, 'username'] : bound;
  }
  if (certificate !== undefined) {
    const { commonName, subject } = certificate;
    return [commonName, subject].flatMap((conditions) => namesInConditions(compileNames(conditions)));
  }
  // It is for clients without a user name.
  return anonymous === undefined ? [] : ['username'];
}

function advise({ users, jwt, certificate, http }: MethodSection, name: BoundName): string {
  const declare = `vouchesFor: [${name}]`;
  if (users !== undefined) return `give each of its users a ${name}`;
  if (jwt !== undefined) return `write claims: { sub: "\${${name}}" }, or whichever claim holds it`;
  if (certificate !== undefined) return `write commonName: "\${${name}}"`;
  if (http !== undefined) return `write ${declare} if the service refuses whoever brings another one`;
  return `write ${declare} if something before this server sees to it`;
}
