import type { Subject } from '../../src/policy/subject.ts';

/** A client to try policies on. */
export function someone(changes: Partial<Subject> = {}): Subject {
  const tags = { site: 'berlin', trusted: 'true' };
  return { clientid: 'device-17', username: 'alice', peerhost: '10.1.2.3', cn: 'cn-17', tags, ...changes };
}
