/** Turns zod's issues into sentences: each with its own path, unknown keys with a suggestion. */
import type * as z from 'zod';
import { formatName } from '../lib/format-path.ts';
import { oneOf } from '../lib/schema/builders.ts';
import { keysAt } from '../lib/schema/walk.ts';
import { allKeys } from './key.ts';
import { findNearest } from './nearest.ts';
import { Config } from './schema.ts';

export interface Finding {
  readonly path: readonly PropertyKey[];
  /** Whether the key is wrong, or its value. */
  readonly part: 'key' | 'value';
  readonly message: string;
}

export function explain(error: z.ZodError): Finding[] {
  return error.issues.flatMap((issue) => explainIssue(issue, issue.path));
}

function explainIssue(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): Finding[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => explainKey(path, key));
  const meant = issue.code === 'invalid_union' ? findMeant(issue.errors) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => explainIssue(inner, [...path, ...inner.path]));
  return [{ path, part: 'value', message: issue.message }];
}

/** Finds the member of a union that has the shape of the value: its issues are the relevant ones. */
function findMeant(members: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  return members.find((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
}

function explainKey(path: readonly PropertyKey[], key: string): Finding {
  return { path: [...path, key], part: 'key', message: `is not a key here; ${advise(path, key)}` };
}

function advise(path: readonly PropertyKey[], key: string): string {
  const siblings = keysAt(Config, path);
  const nearest = findNearest(key, siblings) ?? findElsewhere(key);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  return `write ${oneOf(siblings.map(formatName))}, or remove it`;
}

/** Finds a key in another section: `port` is `listen.port`. */
function findElsewhere(key: string): string | undefined {
  return allKeys().find(({ path }) => path.at(-1) === key)?.name;
}
