/** The draft of a policy: it stays while the reader looks at other views, and never goes live from here. */
import { computed, signal } from '@preact/signals';
import type {
  Checked,
  Compared,
  CompareRequest,
  ConfigInForce,
  PolicyProblem,
  Saved,
} from '../../../src/inspector/api.ts';
import { describeError, get, post, RequestError } from '../api/client.ts';
import { announce } from '../ui/announce.tsx';
import type { Schema } from './schema.ts';

/** What is in force; nothing before it is loaded. */
export const inForce = signal<ConfigInForce | undefined>(undefined);
export const text = signal('');
export const isChanged = computed(() => inForce.value !== undefined && text.value !== inForce.value.policy);
export const problems = signal<readonly PolicyProblem[]>([]);
export const warnings = signal<readonly string[]>([]);
/** What went wrong with a request. */
export const trouble = signal<string | undefined>(undefined);
export const compared = signal<Compared | undefined>(undefined);
export const isComparing = signal(false);
let schema: Schema | undefined;

export const schemaNow = (): Schema | undefined => schema;

/** @returns the text to edit: the draft, or what is in force when there is none */
export async function loadPolicy(): Promise<void> {
  try {
    const [config, loadedSchema] = await Promise.all([
      get<ConfigInForce>('/api/config'),
      schema ?? get<Schema>('/api/schema'),
    ]);
    schema = loadedSchema;
    const isFresh = inForce.peek() === undefined || !isChanged.peek();
    inForce.value = config;
    if (isFresh) text.value = config.policy;
    trouble.value = undefined;
  } catch (error) {
    trouble.value = describeError(error);
  }
}

/** Milliseconds without a key before the draft is checked. */
const TYPING = 500;
let timer: ReturnType<typeof setTimeout> | undefined;
let checking = new AbortController();

export function edit(next: string): void {
  text.value = next;
  clearTimeout(timer);
  timer = setTimeout(() => void check(), TYPING);
}

export async function check(): Promise<void> {
  checking.abort();
  checking = new AbortController();
  const { signal: ended } = checking;
  try {
    const answer = await post<Checked>('/api/check', { yaml: text.peek() }, ended);
    problems.value = answer.problems;
    warnings.value = answer.warnings;
    trouble.value = undefined;
  } catch (error) {
    if (!ended.aborted) fail(error);
  }
}

let comparing: AbortController | undefined;

/** Asks what the draft would have decided otherwise. A second question ends the first. */
export async function compare(about: Omit<CompareRequest, 'yaml'>): Promise<void> {
  comparing?.abort();
  comparing = new AbortController();
  const { signal: ended } = comparing;
  isComparing.value = true;
  try {
    compared.value = await post<Compared>('/api/compare', { yaml: text.peek(), ...about }, ended);
    trouble.value = undefined;
    problems.value = [];
  } catch (error) {
    if (!ended.aborted) fail(error);
  } finally {
    if (comparing.signal === ended) isComparing.value = false;
  }
}

export async function save(): Promise<void> {
  const { tag } = inForce.peek() ?? {};
  if (tag === undefined) return;
  try {
    const saved = await post<Saved>('/api/save', { yaml: text.peek(), tag });
    announce(`Saved to ${saved.file}`);
    await loadPolicy();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  if (error instanceof RequestError && error.problems.length > 0) {
    problems.value = error.problems;
    trouble.value = undefined;
  } else trouble.value = describeError(error);
}
