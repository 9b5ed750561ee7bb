/** Compiles the section `publish`: opens codecs, schemas and conditions, each once. */

import { exactKey } from '../../lib/exact-key.ts';
import { formatPath } from '../../lib/format-path.ts';
import { createPacer, inSlices } from '../../lib/slices.ts';
import { mapSteps } from '../../lib/steps.ts';
import type { CodecLimits } from '../../payload/codecs/codec.ts';
import type { CompileCondition } from '../../policy/condition.ts';
import { compileMessageRule, type RuleParts } from '../../policy/messages/compile.ts';
import type { PublishPolicy } from '../../policy/messages/decide.ts';
import { type MessageRule, mayDrop, type PayloadCodecSpec } from '../../policy/messages/rule.ts';
import { selectionSteps } from '../../policy/messages/select.ts';
import type { PayloadCodec, ValueCheck } from '../../policy/messages/value.ts';
import { messageVariables } from '../../policy/messages/variables.ts';
import { listOf, type OneOrMore } from '../../policy/topics/rule.ts';
import { describeProblem } from '../policy/policy-error.ts';
import type { Publish } from '../sections/publish.ts';

type Path = readonly PropertyKey[];

/**
 * Opens the message rules. Adds problems to the list; then there is no policy.
 *
 * @param conditions required if a rule has `when`.
 * @param warnings receives what operators should know about usable rules
 */
export async function openMessages(
  publish: Publish | undefined,
  conditions: CompileCondition | undefined,
  problems: string[],
  warnings: string[] = [],
): Promise<PublishPolicy | undefined> {
  if (publish === undefined) return undefined;
  const { rules, onError, mode, limits, at, ingressDrop } = publish;
  const opener = new PartsOpener(limits, conditions, problems, warnings);
  const before = problems.length;
  const parts: RuleParts[] = [];
  const pacer = createPacer();
  for (const [i, rule] of rules.entries()) {
    parts.push(await opener.open(rule, ['publish', 'rules', i]));
    if (pacer.isOver()) await pacer.pause();
  }
  if (problems.length > before) return undefined;
  return {
    select: await inSlices(selectionSteps(rules)),
    rules: await inSlices(mapSteps(rules, (rule, i) => compileMessageRule(rule, i, parts[i] ?? {}, onError))),
    onError,
    mode,
    at,
    ingressDrop,
  };
}

/** Opens codecs and schemas once, even when several rules name them. */
class PartsOpener {
  readonly #limits: CodecLimits;
  readonly #conditions: CompileCondition | undefined;
  readonly #problems: string[];
  readonly #warnings: string[];
  readonly #codecs = new Map<string, Promise<PayloadCodec>>();
  readonly #schemas = new Map<string, Promise<ValueCheck>>();

  constructor(
    limits: CodecLimits,
    conditions: CompileCondition | undefined,
    problems: string[],
    warnings: string[],
  ) {
    this.#limits = limits;
    this.#conditions = conditions;
    this.#problems = problems;
    this.#warnings = warnings;
  }

  async open(rule: MessageRule, path: Path): Promise<RuleParts> {
    const { decode, encode, require, when } = rule;
    const isDropping = mayDrop(rule);
    return {
      decode: decode && (await this.#chain(decode, [...path, 'decode'])),
      encode: encode && (await this.#chain(encode, [...path, 'encode'])),
      schema: await this.#schema(require, [...path, 'require', 'schema']),
      when: when === undefined ? undefined : this.#condition(when, [...path, 'when'], isDropping),
    };
  }

  async #chain(specs: OneOrMore<PayloadCodecSpec>, path: Path): Promise<readonly PayloadCodec[]> {
    const chain: PayloadCodec[] = [];
    for (const [i, spec] of listOf(specs).entries()) {
      const at = Array.isArray(specs) ? [...path, i] : path;
      const codec = await this.#try(at, () => this.#codec(spec));
      if (codec !== undefined) chain.push(codec);
    }
    return chain;
  }

  #codec(spec: PayloadCodecSpec): Promise<PayloadCodec> {
    return memoise(this.#codecs, JSON.stringify(spec), async () => {
      const { openCodec } = await import('../../payload/codecs/codec.ts');
      return await openCodec(spec, this.#limits);
    });
  }

  async #schema(
    { schema, schemaFormats }: NonNullable<MessageRule['require']> = {},
    path: Path,
  ): Promise<ValueCheck | undefined> {
    if (schema === undefined) return undefined;
    const onWarning = (warning: string) => this.#warnings.push(`${formatPath(path)}: ${warning}`);
    return await this.#try(path, () =>
      memoise(this.#schemas, exactKey([schema, schemaFormats]), async () => {
        const { openJsonSchema } = await import('../../payload/schema/json-schema.ts');
        return await openJsonSchema(schema, { formats: schemaFormats, onWarning });
      }),
    );
  }

  #condition(source: string, path: Path, isDropping: boolean): RuleParts['when'] {
    const condition = this.#conditions?.(source, messageVariables);
    if (condition === undefined) return undefined;
    if (!('problem' in condition)) {
      const [field] = condition.unguarded ?? [];
      if (isDropping && field !== undefined) this.#warnings.push(`${formatPath(path)}: ${evasion(field)}`);
      return condition;
    }
    this.#problems.push(...describeProblem(new TypeError(condition.problem), path));
    return undefined;
  }

  async #try<T>(path: Path, open: () => Promise<T>): Promise<T | undefined> {
    try {
      return await open();
    } catch (error) {
      this.#problems.push(...describeProblem(error, path));
      return undefined;
    }
  }
}

function evasion(field: string): string {
  return `one item without ${field} disables the rule, and publishers can add one; write has(${field}) && before it`;
}

function memoise<T>(known: Map<string, Promise<T>>, key: string, open: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? open();
  known.set(key, value);
  return value;
}
