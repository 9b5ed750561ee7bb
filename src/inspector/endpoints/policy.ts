/** `/api/config`, `/api/schema`, `/api/check`, `/api/compare`, `/api/explain`: policies that are tried and never go live. */
import { configJsonSchema } from '../../config/json-schema.ts';
import { redactSteps } from '../../config/redact.ts';
import { inSlices } from '../../lib/slices.ts';
import { openDryPolicy } from '../../lookup/open-dry.ts';
import type { Checked, Compared, CompareGroup, ConfigInForce, Why } from '../api.ts';
import { subjectsOf } from '../compare/subject.ts';
import { RequestError } from '../http/api-error.ts';
import { parseObject } from '../http/body.ts';
import type { ApiRequest, Endpoint } from '../http/router.ts';
import { compareSides } from '../policy/compare.ts';
import { type OpenedCandidate, openCandidate } from '../policy/open-candidate.ts';
import { type RingSubject, subjectsOfRing } from '../policy/ring-subjects.ts';
import { policySections } from '../policy/sections.ts';
import { placesOf } from '../policy/source.ts';
import { tagOf } from '../policy/tag.ts';
import { policyYaml } from '../policy/yaml.ts';
import type { PolicyView } from '../why/policy-view.ts';
import { explainQuestion } from '../why/question.ts';
import { explainCall } from '../why/why.ts';
import { findCall } from './calls.ts';
import type { EndpointWorld } from './endpoint-world.ts';
import { readNumber, readText } from './fields.ts';

/** Milliseconds that one comparison may take. */
const COMPARE_TIMEOUT = 10_000;
/** Groups and calls of each whose whys are part of the answer. */
const MAX_WHY_GROUPS = 20;
const MAX_WHYS = 3;

export function policyEndpoints(world: EndpointWorld): readonly Endpoint[] {
  const compare = oneAtATime((request) => compareCandidate(request, world));
  return [
    { method: 'GET', path: '/api/config', answer: () => configInForce(world) },
    { method: 'GET', path: '/api/schema', answer: () => policySchema() },
    { method: 'POST', path: '/api/check', answer: (request) => check(request, world) },
    { method: 'POST', path: '/api/compare', answer: compare },
    { method: 'POST', path: '/api/explain', answer: (request) => explain(request, world) },
  ];
}

async function configInForce({ live, source }: EndpointWorld): Promise<ConfigInForce> {
  const file = source();
  const revision = live.policy?.policies.revision;
  return {
    config: await inSlices(redactSteps(live.config)),
    ...(revision !== undefined && { revision }),
    ...(file !== undefined && { file: file.path }),
    policy: policyYaml(live.config, file?.text),
    tag: tagOf(file?.text ?? ''),
  };
}

/** The schema of the whole file has all sections: of them those that a candidate may hold. */
function policySchema(): object {
  const { properties, ...schema } = configJsonSchema() as { properties: Record<string, unknown> };
  const picked = policySections.map((name) => [name, properties[name]] as const);
  return { ...schema, properties: Object.fromEntries(picked) };
}

async function check({ body }: ApiRequest, world: EndpointWorld): Promise<Checked> {
  try {
    const opened = await openFor(readText(parseObject(body), 'yaml'), world);
    opened.policy.close();
    return { problems: [], warnings: [...opened.warnings, ...opened.openWarnings] };
  } catch (error) {
    if (error instanceof RequestError && error.problems !== undefined)
      return { problems: error.problems, warnings: [] };
    throw error;
  }
}

/** @throws RequestError `invalid_policy` */
export async function openFor(
  yaml: string,
  { live, source, env }: EndpointWorld,
  now: () => number = wallClock,
): Promise<OpenedCandidate> {
  return await openCandidate(yaml, { inForce: live.config, source: source() }, env, now);
}

/** The time of the start plus a monotonic clock: a change of the system clock has no effect here. */
function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

async function compareCandidate({ body, signal: left }: ApiRequest, world: EndpointWorld): Promise<Compared> {
  const { live, custom, env } = world;
  const asked = parseObject(body);
  const limit = readNumber(asked, 'limit', { min: 1, max: 200, standard: 20 });
  const last = readNumber(asked, 'calls', { min: 1, max: 1_000_000, standard: 1_000_000 });
  const signal = AbortSignal.any([left, AbortSignal.timeout(COMPARE_TIMEOUT)]);
  const clock = { time: wallClock() };
  const after = await openFor(readText(asked, 'yaml'), world, () => clock.time);
  const before = await openDryPolicy(live.config, { env, warn: () => {}, now: () => clock.time });
  try {
    const subjects = await findSubjects(asked, last, world);
    const { compared, shown } = await compareSides(subjects, {
      before: { config: live.config, policy: before },
      after,
      custom,
      table: live.current().hooks,
      clock,
      signal,
      limit,
    });
    const views = [world.policyInForce(), viewOf(after, readText(asked, 'yaml'))] as const;
    const groups: CompareGroup[] = [];
    for (const { group } of shown) groups.push(await withWhys(group, groups.length, views, world));
    return { ...compared, groups };
  } catch (error) {
    if (signal.aborted && !left.aborted)
      throw new RequestError('timeout', 'the comparison took more than ten seconds: compare fewer calls');
    throw error;
  } finally {
    before.close();
    after.policy.close();
  }
}

/** Of a recording, or of the last calls of the ring. */
async function findSubjects(
  { recording }: Record<string, unknown>,
  last: number,
  { tap, recordings, dev }: EndpointWorld,
): Promise<readonly Pick<RingSubject, 'subject' | 'isPartial'>[]> {
  if (recording === undefined) return await subjectsOfRing(tap.ring, last);
  if (dev === undefined) throw new RequestError('not_here', 'recordings are for exhook dev only');
  const calls = recordings.callsOf(readText({ recording }, 'recording'));
  const subjects = subjectsOf(calls.map((call) => ({ ...call, file: 'recording' })));
  return subjects.slice(-last).map((subject) => ({ subject, isPartial: false }));
}

async function withWhys(
  group: CompareGroup,
  place: number,
  [before, after]: readonly [PolicyView, PolicyView],
  { tap }: EndpointWorld,
): Promise<CompareGroup> {
  if (place >= MAX_WHY_GROUPS) return group;
  const calls: CompareGroup['calls'][number][] = [];
  for (const call of group.calls) {
    const record = calls.length < MAX_WHYS && call.seq !== undefined ? tap.ring.get(call.seq) : undefined;
    if (record === undefined) calls.push(call);
    else
      calls.push({
        ...call,
        before: await explainCall(record, before, tap.clients),
        after: await explainCall(record, after, tap.clients),
      });
  }
  return { ...group, calls };
}

function viewOf({ config, policy }: OpenedCandidate, yaml: string): PolicyView {
  return { config, policy, find: (paths) => placesOf({ path: '', text: yaml }, paths) };
}

async function explain({ body }: ApiRequest, world: EndpointWorld): Promise<Why> {
  const asked = parseObject(body);
  const yaml = asked.yaml === undefined ? undefined : readText(asked, 'yaml');
  if (yaml === undefined) return await explainBy(asked, world.policyInForce(), world);
  const opened = await openFor(yaml, world);
  try {
    return await explainBy(asked, viewOf(opened, yaml), world);
  } finally {
    opened.policy.close();
  }
}

async function explainBy(
  asked: Record<string, unknown>,
  view: PolicyView,
  world: EndpointWorld,
): Promise<Why> {
  if (asked.seq === undefined) return await explainQuestion(asked, view, world.tap.clients);
  const seq = readNumber(asked, 'seq', { min: 1, max: Number.MAX_SAFE_INTEGER, standard: 0 });
  return await explainCall(findCall(seq, world), view, world.tap.clients);
}

/** @returns an answer that refuses a second request while one runs. */
function oneAtATime<T>(work: (request: ApiRequest) => Promise<T>): (request: ApiRequest) => Promise<T> {
  let isBusy = false;
  return async (request) => {
    if (isBusy) throw new RequestError('busy', 'another comparison runs: wait until it has ended');
    isBusy = true;
    try {
      return await work(request);
    } finally {
      isBusy = false;
    }
  };
}
