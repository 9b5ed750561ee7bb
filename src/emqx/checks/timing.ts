/** Do the limits of the broker and of this server fit together? */
import { readEmqxDuration } from '../duration.ts';
import type { Check, Finding } from '../finding.ts';
import type { OwnFacts } from '../own-facts.ts';
import type { Server } from '../schemas.ts';

/** EMQX's default, in milliseconds. */
const DEFAULT_TIMEOUT = 5000;
/** Below it, the way there and back and a pause of either side is a failed login. */
const SHORT = 1000;
/** Above it, a client waits longer for each hook than most clients wait for a login. */
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
        why: 'a short pause on either side, or a slow password hash, becomes a failed login',
        fix: 'set request_timeout to 5s',
      },
    ];
  if (timeout <= LONG) return [];
  return [
    {
      id: 'long-timeout',
      severity: 'warning',
      what: `request_timeout of ${name} is ${timeout / 1000} s`,
      why: 'when this server cannot answer, each client waits as long for each registered hook',
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
      what: `${own.slowest.what} is ${own.slowest.timeout} ms, and the answer to the broker goes out after ${deadline} ms`,
      why: 'a slow service ends logins by the deadline, before its own limit can say which service it was',
      fix: `set it below ${deadline}ms, or raise request_timeout`,
    });
  if (own.bodyTimeout < timeout)
    found.push({
      id: 'short-body-timeout',
      severity: 'warning',
      what: `limits.bodyTimeout is ${own.bodyTimeout} ms, and request_timeout is ${timeout} ms`,
      why: 'a call that arrives slowly is ended here while the broker would still wait',
      fix: `set limits.bodyTimeout to ${2 * timeout}ms or more`,
    });
  if (own.drainTimeout < timeout)
    found.push({
      id: 'short-drain',
      severity: 'warning',
      what: `drain.timeout is ${own.drainTimeout} ms, and request_timeout is ${timeout} ms`,
      why: 'a stop of this server may cut calls off that the broker still waits for',
      fix: `set drain.timeout above ${timeout}ms`,
    });
  return found;
}
