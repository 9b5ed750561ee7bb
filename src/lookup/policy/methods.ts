/** Opens the login methods of a policy, in order. */
import { type MethodSection, nameMethods } from '../../config/sections/authenticate-methods.ts';
import { anonymousMethod, certificateMethod } from '../../policy/login/login-by-name.ts';
import { parseTags, type Tags } from '../../policy/login/tags.ts';
import type { Method } from '../../policy/policy.ts';
import { openHttp } from '../methods/http.ts';
import { openJwt } from '../methods/jwt.ts';
import type { MethodWorld, OpenMethod } from '../methods/method.ts';
import { openUsers } from '../methods/users.ts';
import { compileNames } from './names.ts';
import { describeProblem } from './policy-error.ts';

export interface OpenedMethod {
  readonly name: string;
  readonly section: MethodSection;
  readonly method: Method;
  /** Absent when the method can tell by itself. */
  readonly open: OpenMethod | undefined;
}

/** Adds what is wrong to the problems; then the methods that could be opened are there, to be closed. */
export async function openMethods(
  sections: readonly MethodSection[],
  world: MethodWorld,
  problems: string[],
): Promise<OpenedMethod[]> {
  const opened: OpenedMethod[] = [];
  const names = nameMethods(sections);
  for (const [i, section] of sections.entries()) {
    const { kind, name } = names[i] as (typeof names)[number];
    try {
      opened.push({ name, section, ...(await openMethod(name, section, world)) });
    } catch (error) {
      problems.push(...describeProblem(error, ['authenticate', 'methods', i, kind]));
    }
  }
  return opened;
}

export function closeMethods(methods: readonly OpenedMethod[]): void {
  for (const { open } of methods) open?.close();
}

export function methodWarnings(methods: readonly OpenedMethod[]): string[] {
  return methods.flatMap(({ name, open }) =>
    (open?.warnings ?? []).map((warning) => `authenticate method ${name}: ${warning}`),
  );
}

async function openMethod(
  name: string,
  section: MethodSection,
  world: MethodWorld,
): Promise<Pick<OpenedMethod, 'method' | 'open'>> {
  const asked = (open: OpenMethod) => ({ method: { name }, open });
  if (section.users !== undefined) return asked(await openUsers(section.users, world));
  if (section.jwt !== undefined) return asked(await openJwt(section.jwt, world));
  if (section.http !== undefined) return asked(await openHttp(section.http, world));
  if (section.certificate !== undefined) {
    const { commonName, subject, tags } = section.certificate;
    const options = { name, commonName: compileNames(commonName), subject: compileNames(subject) };
    return { method: certificateMethod({ ...options, tags: tagsOf(tags) }), open: undefined };
  }
  const { who, tags } = section.anonymous ?? {};
  return { method: anonymousMethod({ name, who, tags: tagsOf(tags) }), open: undefined };
}

function tagsOf(tags: unknown): Tags {
  return parseTags(tags) ?? {};
}
