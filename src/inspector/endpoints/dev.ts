/** What `exhook dev` adds: `/api/replay`, `/api/recordings`, `/api/save`. */
import type { Recordings as RecordingList, Saved } from '../api.ts';
import { MAX_RECORDING } from '../dev/recordings.ts';
import { replayCall } from '../dev/replay.ts';
import { TextAnswer } from '../http/answer.ts';
import { RequestError } from '../http/api-error.ts';
import { parseObject } from '../http/body.ts';
import type { ApiRequest, Endpoint } from '../http/router.ts';
import { savePolicy } from '../policy/save.ts';
import { findCall } from './calls.ts';
import type { EndpointWorld } from './endpoint-world.ts';
import { readNumber, readText } from './fields.ts';
import { openFor } from './policy.ts';

export function devEndpoints(world: EndpointWorld): readonly Endpoint[] {
  const { tap, live, recordings } = world;
  const list = (): RecordingList => ({ recordings: recordings.rows });
  const isDev = true;
  return [
    {
      method: 'POST',
      path: '/api/replay',
      isDev,
      async answer({ body }) {
        const asked = parseObject(body);
        const seq = readNumber(asked, 'seq', { min: 1, max: Number.MAX_SAFE_INTEGER, standard: 0 });
        const password = asked.password === undefined ? undefined : readText(asked, 'password');
        return await replayCall(findCall(seq, world), password, tap, live);
      },
    },
    { method: 'GET', path: '/api/recordings', isDev, answer: list },
    {
      method: 'POST',
      path: '/api/recordings',
      isDev,
      maxBody: MAX_RECORDING,
      answer: (request) => addRecording(request, world),
    },
    {
      method: 'POST',
      path: '/api/recordings/:id/stop',
      isDev,
      answer: ({ params: { id = '' } }) => recordings.stop(id),
    },
    {
      method: 'GET',
      path: '/api/recordings/:id',
      isDev,
      answer: ({ params: { id = '' } }) =>
        new TextAnswer('application/x-ndjson', recordings.textOf(id), `recording-${id.slice(0, 12)}.jsonl`),
    },
    {
      method: 'DELETE',
      path: '/api/recordings/:id',
      isDev,
      answer({ params: { id = '' } }) {
        recordings.remove(id);
        return list();
      },
    },
    { method: 'POST', path: '/api/save', isDev, answer: ({ body }) => save(parseObject(body), world) },
  ];
}

function addRecording({ body, query, request }: ApiRequest, { recordings }: EndpointWorld): unknown {
  const type = request.headers['content-type']?.split(';', 1)[0];
  if (type === 'application/x-ndjson') return recordings.take(query.get('name') ?? '', body.toString('utf8'));
  const { name = '' } = parseObject(body);
  return recordings.start(typeof name === 'string' ? name : '');
}

async function save(asked: Record<string, unknown>, world: EndpointWorld): Promise<Saved> {
  const source = world.source();
  if (world.dev?.write !== true || source === undefined)
    throw new RequestError('not_here', 'start exhook dev with --config FILE and --write to save policies');
  const yaml = readText(asked, 'yaml');
  const tag = readText(asked, 'tag');
  const opened = await openFor(yaml, world);
  opened.policy.close();
  return await savePolicy(source.path, yaml, tag);
}
