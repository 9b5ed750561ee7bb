import { section, whenValid } from '../../lib/schema/builders.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';

export const Drain = section(() => ({
  delay: duration()
    .prefault('0s')
    .describe(
      'How long new connections are still accepted after SIGTERM, in milliseconds. Behind a load balancer, write the time that it needs to notice; the default is for brokers that connect directly.',
    ),
  timeout: duration(POSITIVE)
    .prefault('9s')
    .describe(
      'How long after SIGTERM the process stops, finished or not, in milliseconds; the delay is part of it. The default is within the 10 seconds of Cloud Run.',
    ),
})).refine(({ delay, timeout }) => delay < timeout, {
  when: whenValid,
  path: ['delay'],
  error: 'is not shorter than drain.timeout, which leaves no time to drain; write a shorter one',
});
