/** `/api/calls`, one call, and why it ended as it did. */
import type { CallRow, Calls } from '../api.ts';
import { searchWork } from '../filter/filter.ts';
import { RequestError } from '../http/api-error.ts';
import { readFilter, readWhole } from '../http/query.ts';
import type { ApiRequest, Endpoint } from '../http/router.ts';
import type { CallRecord } from '../tap/call-record.ts';
import { decodedOf } from '../view/decoded.ts';
import { detailOf } from '../view/detail.ts';
import { eventView } from '../view/event.ts';
import { rowOf } from '../view/row.ts';
import { explainCall } from '../why/why.ts';
import type { EndpointWorld } from './endpoint-world.ts';

const MAX_LIMIT = 1000;

export function callEndpoints(world: EndpointWorld): readonly Endpoint[] {
  const { tap } = world;
  return [
    { method: 'GET', path: '/api/calls', answer: (request) => listCalls(request, world) },
    {
      method: 'GET',
      path: '/api/calls/:seq',
      answer({ params }) {
        const record = findCall(params.seq, world);
        const about = { listen: world.listen() ?? '', file: world.fileName() };
        return detailOf(record, about, decodedOf(record, world.policyInForce()));
      },
    },
    {
      method: 'GET',
      path: '/api/calls/:seq/why',
      answer: ({ params }) => explainCall(findCall(params.seq, world), world.policyInForce(), tap.clients),
    },
    {
      method: 'GET',
      path: '/api/events/:id',
      answer({ params: { id = '' } }) {
        const event = tap.events.get(id);
        if (event === undefined)
          throw new RequestError('not_found', 'no call that is kept has reported this event');
        return eventView(event);
      },
    },
  ];
}

function listCalls({ query }: ApiRequest, { tap }: EndpointWorld): Calls {
  const { ring } = tap;
  const limit = readWhole(query, 'limit', { min: 1, max: MAX_LIMIT, standard: 200 });
  const before = readWhole(query, 'before', {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    standard: ring.last + 1,
  });
  const filter = readFilter(query.get('filter'));
  const work = searchWork();
  const calls: CallRow[] = [];
  let seq = Math.min(before - 1, ring.last);
  for (; seq >= ring.first && calls.length < limit; seq--) {
    const record = ring.get(seq);
    const row = record && rowOf(record);
    if (row !== undefined && filter.test(row, work)) calls.push(row);
  }
  return { calls, hasMore: seq >= ring.first };
}

/** @throws RequestError when it is not in the ring. */
export function findCall(seq: string | number | undefined, { tap }: Pick<EndpointWorld, 'tap'>): CallRecord {
  const number = typeof seq === 'number' ? seq : /^\d{1,15}$/.test(seq ?? '') ? Number(seq) : Number.NaN;
  const record = tap.ring.get(number);
  if (record !== undefined) return record;
  throw new RequestError(
    'not_found',
    number > 0 && number < tap.ring.first
      ? 'this call is not kept any more: raise inspector.calls or inspector.bytes'
      : 'there is no such call',
  );
}
