import { describe, expect, it } from 'vitest';
import { SinkTls } from '../../src/sinks/tls-section.ts';
import { problemsOf } from './problems.ts';

describe('the section tls of sinks', () => {
  it('is a yes or no, or says which certificates', () => {
    for (const good of [true, false, {}, { ca: 'a' }, { cert: 'a', key: 'b', serverName: 'c' }])
      expect(problemsOf(SinkTls, good)).toEqual([]);
  });

  it('wants certificate and key together', () => {
    expect(problemsOf(SinkTls, { cert: 'a' }).join()).toContain(
      'has one of cert and key; write both, or neither',
    );
  });

  it('says what to write instead of something else', () => {
    expect(problemsOf(SinkTls, 'on')).toEqual([
      ': is not a yes or no; write true, false, or a section with ca:, cert:, key: or serverName:',
    ]);
    expect(problemsOf(SinkTls, { ca: 1 })).toEqual(['ca: is not a path; write a path such as ./tls/ca.pem']);
  });
});
