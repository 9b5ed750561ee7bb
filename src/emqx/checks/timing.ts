/** Checks whether the timeouts of the broker and of this server fit together. */
import { readEmqxDuration } from '../duration.ts';
import type { Check, Finding } from '../finding.ts';
import type { OwnFacts } from '../own-facts.ts';
import type { Server } from '../schemas.ts';

/** EMQX's default, in milliseconds. */
const DEFAULT_TIMEOUT = 5000;
/** Below this, the round trip plus a pause on either side makes a login fail. */
const SHORT = 1000;
/** Above this, a client waits longer for each hook than most clients wait for a login. */
const LONG = 10_000;

export const checkTiming: Check = ({ broker: { server }, own }) => {
  if (server === undefined) return [];
  const timeout = readEmqxDuration(server.request_timeout) ?? DEFAULT_TIMEOUT;
  return [...checkRequestTimeout(server, timeout), ...(own === undefined ? [] : checkOwn(own, timeout))];
};

function checkRequestTimeout({ name }: Server, timeout: number): Finding[] {
  if (timeout < SHORT)
    return [
      {
        id: 'short-timeout',
        severity: 'warning',
        what: `request_timeout of ${name} is ${timeout} ms`,
        why: 'a short pause on either side, or a slow password hash, makes the login fail',
        fix: 'set request_timeout to 5s',
      },
    ];
  if (timeout <= LONG) return [];
  return [
    {
      id: 'long-timeout',
      severity: 'warning',
      what: `request_timeout of ${name} is ${timeout / 1000} s`,
      why: 'while this server cannot answer, each client waits that long for each registered hook',
      fix: 'set request_timeout to 5s',
    },
  ];
}

function checkOwn(own: OwnFacts, timeout: number): Finding[] {
  const found: Finding[] = [];
  const deadline = timeout * own.deadlineFraction;
  if (own.slowest !== undefined && own.slowest.timeout >= deadline)
    found.push({
      id: 'slow-lookup',
      severity: 'warning',
      what: `${own.slowest.what} is ${own.slowest.timeout} ms, but the answer to the broker is due after ${deadline} ms`,
      why: 'the deadline ends a login that waits for a slow service, before its own limit can name that service',
      fix: `set it below ${deadline}ms, or raise request_timeout`,
    });
  if (own.bodyTimeout < timeout)
    found.push({
      id: 'short-body-timeout',
      severity: 'warning',
      what: `limits.bodyTimeout is ${own.bodyTimeout} ms, but request_timeout is ${timeout} ms`,
      why: 'this server ends a slow request while the broker is still waiting for the answer',
      fix: `set limits.bodyTimeout to ${2 * timeout}ms or more`,
    });
  if (own.drainTimeout < timeout)
    found.push({
      id: 'short-drain',
      severity: 'warning',
      what: `drain.timeout is ${own.drainTimeout} ms, but request_timeout is ${timeout} ms`,
      why: 'stopping this server may cut off calls that the broker is still waiting for',
      fix: `set drain.timeout above ${timeout}ms`,
    });
  return found;
}
