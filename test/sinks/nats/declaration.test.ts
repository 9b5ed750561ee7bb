import { describe, expect, it } from 'vitest';
import { Nats } from '../../../src/sinks/nats/declaration.ts';
import { problemsOf } from '../problems.ts';

const servers = ['nats://nats:4222'];
const problems = (options: object) => problemsOf(Nats, { servers, ...options });

describe('the section nats', () => {
  it('needs servers and nothing else', () => {
    expect(Nats.parse({ servers })).toEqual({
      servers,
      subject: 'mqtt.events',
      pipeline: false,
      requests: 256,
      timeout: 5000,
    });
    expect(problems({ servers: [] })).toEqual(['servers: is empty; list a URL such as nats://host:4222']);
  });

  it.each(['host:4222', 'ws://host', 'nats://', 'nats://user:secret@host'])(
    'does not take the server %s',
    (server) => {
      const [problem = ''] = problems({ servers: [server] });
      expect(problem).toMatch(/^servers\.0: /);
      expect(problem).not.toContain('secret');
    },
  );

  it.each(['a b', 'a..b', '.a', 'a.', 'a.*', 'a.>', '$JS.API.x', '_INBOX.x', ''])(
    'does not take the subject %j',
    (subject) => {
      expect(problems({ subject })).toEqual([expect.stringMatching(/^subject: /)]);
    },
  );

  it('takes patterns as subjects of a stream', () => {
    const stream = { name: 'EVENTS', create: true };
    for (const subjects of [['>'], ['mqtt.>'], ['mqtt.*.up', 'a']])
      expect(problems({ stream: { ...stream, subjects } })).toEqual([]);
    for (const subjects of [['a.>.b'], ['a b'], ['a..b'], []])
      expect(problems({ stream: { ...stream, subjects } })).toHaveLength(1);
    expect(problems({ stream: { ...stream, name: 'a.b' } })).toEqual([
      expect.stringContaining('is not the name of a stream'),
    ]);
  });

  it('takes one way to log in', () => {
    expect(problems({ user: 'u', password: 'p' })).toEqual([]);
    expect(problems({ credentials: { file: './user.creds' } })).toEqual([]);
    expect(problems({ user: 'u' })).toEqual([': has one of user and password; write both, or neither']);
    expect(problems({ token: 't', nkey: 'SU' })).toEqual([
      ': has several ways to log in; keep one of user, token, nkey and credentials',
    ]);
  });
});
