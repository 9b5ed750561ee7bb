/** Reads an ACL file of another broker, as a job that can run on another thread. */
import { basename } from 'node:path';
import type { JobResult } from '../../lib/offload/job.ts';
import { packList } from '../../lib/packed-list.ts';
import { TOO_LARGE, textOf } from '../../lib/text-of.ts';
import type { Acl } from '../../policy/topics/acl/acl.ts';
import { parseEmqxAcl } from '../../policy/topics/acl/emqx.ts';
import { parseMosquittoAcl } from '../../policy/topics/acl/mosquitto.ts';
import type { SourceSection } from '../sections/authorize.ts';

export interface AclInput {
  readonly source: SourceSection;
  /** The text of the file, in UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Checked rules in small slices, or the problems of the file, one per line. */
export type AclOutput =
  | { readonly rules: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly problems: readonly string[] };

export interface AclJob {
  readonly input: AclInput;
  readonly output: AclOutput;
}

/** Bounds the error text of a file that is broken throughout. */
const MAX_PROBLEMS = 100;

export function aclJob({ source, bytes }: AclInput): JobResult<AclOutput> {
  const path = pathOf(source);
  const text = textOf(bytes);
  if (text === undefined) return { output: { problems: [`${path}: ${TOO_LARGE}`] }, transfer: [] };
  const acl = parse(source, text, basename(path));
  if ('problems' in acl) {
    const problems = acl.problems
      .slice(0, MAX_PROBLEMS)
      .map(({ line, message }) => `${path}:${line}: ${message}`);
    const others = acl.problems.length - problems.length;
    if (others > 0) problems.push(`${path}: and ${others} more problems`);
    return { output: { problems }, transfer: [] };
  }
  const rules = packList(acl.rules);
  return { output: { rules }, transfer: rules.map(({ buffer }) => buffer) };
}

function parse({ mosquitto, securityProfile }: SourceSection, text: string, file: string): Acl {
  if (mosquitto !== undefined) return parseMosquittoAcl(text, file);
  return parseEmqxAcl(text, { file, ...(securityProfile && { profile: securityProfile }) });
}

export function pathOf({ mosquitto, emqx }: SourceSection): string {
  return mosquitto ?? emqx ?? '';
}
