import * as z from 'zod';
import { expects, section, whenValid, wholeNumber } from '../../lib/schema/builders.ts';
import { duration, POSITIVE, size } from '../../lib/schema/units.ts';

const GiB = 2 ** 30;
const shareError = expects('a fraction', 'a number above 0 and at most 1');

export const Limits = section(() => ({
  messageBytes: size({ min: 1024, max: GiB, reads: 'from 1KiB to 1GiB' })
    .prefault('16MiB')
    .describe(
      'The largest request, in bytes; a larger one is answered RESOURCE_EXHAUSTED without being buffered. The default leaves room above the 1 MB that EMQX accepts from a client by default.',
    ),
  bodyTimeout: duration(POSITIVE)
    .prefault('10s')
    .describe(
      "How long a call may take to arrive, and its answer to be read, in milliseconds. When EMQX cannot encode a value, it leaves a stream without a body and never ends it. The default is twice EMQX's request_timeout.",
    ),
  deadlineFraction: z
    .number({ error: shareError })
    .gt(0, { error: shareError })
    .lte(1, { error: shareError })
    .prefault(0.8)
    .describe(
      "The fraction of the broker's timeout after which the answer is sent, even if look-ups are still in progress. EMQX ignores late answers; the default keeps a fifth of the time for the way back.",
    ),
  inFlight: wholeNumber('a number of calls', 1, 1_000_000)
    .prefault(10_000)
    .describe(
      'The most calls that may wait for an answer. Further ones are answered at once, with RESOURCE_EXHAUSTED or by onError. The default is far above what eight connections of a broker open, and bounds memory.',
    ),
  watches: wholeNumber('a number of watches', 1, 100_000)
    .prefault(1_000)
    .describe(
      'The most health watches (grpc.health.v1 Watch) that may be open. Beyond it, the oldest is ended with RESOURCE_EXHAUSTED. Brokers open none; a gRPC client opens one for each service it calls. The default takes a few dozen megabytes at most.',
    ),
  watchesPerConnection: wholeNumber('a number of watches', 1, 100_000)
    .prefault(16)
    .describe(
      'The most health watches that one connection may have open. Beyond it, its oldest is ended with RESOURCE_EXHAUSTED. The default is far above what a gRPC client opens.',
    ),
  queuedBytes: size({ min: 1024, max: 64 * GiB, reads: 'from 1KiB to 64GiB' })
    .prefault('256MiB')
    .describe(
      'The most bytes of unanswered calls, at least limits.messageBytes. The default fits a container of 512 MiB.',
    ),
})).refine(({ messageBytes, queuedBytes }) => messageBytes <= queuedBytes, {
  when: whenValid,
  path: ['queuedBytes'],
  error: 'is smaller than limits.messageBytes: the largest message would never fit; write at least as much',
});
