import * as z from 'zod';
import { expects, section, whenValid, wholeNumber } from '../../lib/schema/builders.ts';
import { duration, POSITIVE, size } from '../../lib/schema/units.ts';

const GiB = 2 ** 30;
const shareError = expects('a fraction', 'a number above 0, at most 1');

export const Limits = section(() => ({
  messageBytes: size({ min: 1024, max: GiB, reads: 'from 1KiB to 1GiB' })
    .prefault('16MiB')
    .describe(
      'The largest request, in bytes; a larger one is answered RESOURCE_EXHAUSTED without being buffered. The default leaves room above the 1 MB that EMQX accepts of a client unless told otherwise.',
    ),
  bodyTimeout: duration(POSITIVE)
    .prefault('10s')
    .describe(
      "How long a call may take to arrive, and its answer to be read, in milliseconds. EMQX leaves streams without a body behind when it cannot encode a value, and never ends them itself. The default is twice EMQX's request_timeout.",
    ),
  deadlineFraction: z
    .number({ error: shareError })
    .gt(0, { error: shareError })
    .lte(1, { error: shareError })
    .prefault(0.8)
    .describe(
      "The part of the broker's timeout after which the answer goes out, whatever is still awaited. EMQX notices no answer that comes late, so that the default keeps a fifth for the way back.",
    ),
  inFlight: wholeNumber('a number of calls', 1, 1_000_000)
    .prefault(10_000)
    .describe(
      'How many calls may wait for an answer at once; further ones are answered RESOURCE_EXHAUSTED, or as onError says, at once. The default is far above what eight connections of a broker open, and bounds memory.',
    ),
  watches: wholeNumber('a number of watches', 1, 100_000)
    .prefault(1_000)
    .describe(
      'How many health watches (grpc.health.v1 Watch) may be open at once; past it the oldest is ended with RESOURCE_EXHAUSTED. Brokers make none; a gRPC client makes one for each service it calls. The default holds a few ten megabytes at most.',
    ),
  watchesPerConnection: wholeNumber('a number of watches', 1, 100_000)
    .prefault(16)
    .describe(
      'How many health watches one connection may have open at once; past it its oldest is ended with RESOURCE_EXHAUSTED. The default is far above what a gRPC client makes.',
    ),
  queuedBytes: size({ min: 1024, max: 64 * GiB, reads: 'from 1KiB to 64GiB' })
    .prefault('256MiB')
    .describe(
      'How many bytes of unanswered calls may be held at once, at least limits.messageBytes. The default fits a container of 512 MiB.',
    ),
})).refine(({ messageBytes, queuedBytes }) => messageBytes <= queuedBytes, {
  when: whenValid,
  path: ['queuedBytes'],
  error:
    'is smaller than limits.messageBytes, so that the largest message never fits; write at least as much',
});
