/**
 * Every login method, in the order in which they are listed. To add a method, add its folder and two lines
 * here.
 */
import { anonymous } from '../anonymous/declaration.ts';
import { certificate } from '../certificate/declaration.ts';
import { http } from '../http/declaration.ts';
import { jwt } from '../jwt/declaration.ts';
import { users } from '../users/declaration.ts';
import type { LoginMethod } from './kind.ts';

const declared = [users, jwt, certificate, http, anonymous] as const;

type Declared = (typeof declared)[number];
export type MethodKind = Declared['name'];

export const loginMethods: readonly LoginMethod<MethodKind>[] = declared;

/**
 * The options of each method by its name, as in an entry of `authenticate.methods`, which has exactly one of
 * them.
 */
export type OptionsByMethod = { readonly [Method in Declared as Method['name']]: Method['options'] };
