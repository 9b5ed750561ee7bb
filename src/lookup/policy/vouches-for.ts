/**
 * Determines for which of user name and client id each login method vouches with every client it admits: by
 * its settings, and by `vouchesFor`. Rules may rely on these names. The limiter needs less, see
 * `vouching.ts`.
 */
import { type BoundName, boundNames } from '../../policy/login/bound-names.ts';
import { methodOf } from '../sections/authenticate-methods.ts';
import type { OpenedMethod } from './methods.ts';
import type { PolicyConfig } from './open-policy.ts';

/** Something that admits clients. */
export interface Voucher {
  /** Its name in messages. */
  readonly label: string;
  /** The names it vouches for now with every client it admits; a users file may change. */
  vouchesFor(): ReadonlySet<BoundName>;
  /** What to write to make it vouch for a name. */
  advise(name: BoundName): string;
}

/** Returns everything that admits clients; nothing when logins are not decided here. */
export function vouchersOf(
  authenticate: PolicyConfig['authenticate'],
  methods: readonly OpenedMethod[],
): readonly Voucher[] {
  if (authenticate === undefined) return [];
  const { otherwise, onError, mode } = authenticate;
  const open = [
    ...(otherwise === 'allow' ? [nobody('authenticate.otherwise: allow', 'write deny')] : []),
    // With `ignore`, and in shadow mode, the broker and other hooks admit clients by their own rules.
    ...(onError === 'allow' || onError === 'ignore'
      ? [nobody(`authenticate.onError: ${onError}`, 'write deny')]
      : []),
    ...(mode === 'shadow' ? [nobody('authenticate.mode: shadow', 'write mode: enforce')] : []),
  ];
  return [
    ...methods.map((method) => ({
      label: `authenticate method ${method.name}`,
      vouchesFor: () => guaranteedBy(method),
      advise: (name: BoundName) => methodOf(method.section).method.advise(name),
    })),
    ...open,
  ];
}

function nobody(label: string, advice: string): Voucher {
  return { label, vouchesFor: () => new Set(), advise: () => advice };
}

/** @param client narrows the answer to this client, where the method can tell clients apart. */
export function guaranteedBy(
  { section, open }: Pick<OpenedMethod, 'section' | 'open'>,
  client?: Readonly<Record<BoundName, string>>,
): ReadonlySet<BoundName> {
  const ofClient = client && open?.vouched?.(client);
  const ofUsers = ofClient ? boundNames.filter((name) => ofClient[name]) : (open?.sharedNames?.() ?? []);
  const { method, options } = methodOf(section);
  return new Set([...(section.vouchesFor ?? []), ...method.bindsNames(options), ...ofUsers]);
}
