/** The errors of a section for some input. */
import type * as z from 'zod';

/** `path: message` of each problem; none when it is good. */
export function problemsOf(section: z.ZodType, written: unknown): string[] {
  const { error } = section.safeParse(written);
  return (error?.issues ?? []).flatMap((issue) => describe(issue, issue.path));
}

function describe(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string[] {
  // As the loader reads unions: the member whose shape the value has.
  const meant =
    issue.code === 'invalid_union'
      ? issue.errors.find((issues) => issues.every((inner) => inner.path.length > 0))
      : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => describe(inner, [...path, ...inner.path]));
  return [`${path.map(String).join('.')}: ${issue.message}`];
}
