import { describe, expect, it } from 'vitest';
import { clientAuthorize } from '../../../src/core/hooks/client-authorize.ts';
import type { AuthorizePolicy } from '../../../src/policy/policy.ts';
import { compileRules } from '../../../src/policy/topics/authorize.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('client.authorize', () => {
  it.each([true, false])(
    "denies every action without a policy and reports nothing, when the broker's own result is %s",
    (result) => {
      const input = {
        clientinfo: aClient({ isSuperuser: result }),
        type: 1,
        topic: 't/#',
        result,
        meta: aMeta(),
      } as const;
      expect(clientAuthorize.decide(input, aContext())).toStrictEqual({
        reply: { kind: 'deny', reason: 'no authorization is configured' },
      });
    },
  );

  const input = { clientinfo: aClient(), type: 1, topic: 't/#', result: true, meta: aMeta() } as const;
  const policy: AuthorizePolicy = {
    judge: compileRules([{ name: 'own', allow: 'all', topics: 't/#' }]),
    grantsOrder: 'first',
    otherwise: 'deny',
    mode: 'enforce',
  };
  const context = (changes: Partial<AuthorizePolicy> = {}, answers = {}) => ({
    policy: { hooks: [], authorize: { ...policy, ...changes } },
    answers,
  });

  it('asks nothing, unless the user name is a token whose grants are not in memory', () => {
    const token = { ...input, clientinfo: aClient({ username: 'e30.e30.c2ln' }) };
    const tokens = { hasUsernameTokens: true };
    expect(clientAuthorize.needs?.(input, aContext())).toBeUndefined();
    expect(clientAuthorize.needs?.(input, context(tokens))).toBeUndefined();
    expect(clientAuthorize.needs?.(token, context())).toBeUndefined();
    expect(clientAuthorize.needs?.(token, context(tokens))?.kind).toBe('authorize/grants');
    expect(
      clientAuthorize.needs?.(token, context(tokens, { 'authorize/grants': undefined })),
    ).toBeUndefined();
    const grantsOf = () => ({ tags: {}, isExpired: false });
    expect(clientAuthorize.needs?.(token, context({ ...tokens, grantsOf }))).toBeUndefined();
  });

  it('asks for the grants of every client that is not in memory when instances share them', () => {
    const shared = { areGrantsShared: true };
    expect(clientAuthorize.needs?.(input, context(shared))).toEqual({
      kind: 'authorize/grants',
      client: input.clientinfo,
    });
    expect(clientAuthorize.needs?.(input, context(shared, { 'authorize/grants': {} }))).toBeUndefined();
    const grantsOf = () => ({ tags: {}, isExpired: false });
    expect(clientAuthorize.needs?.(input, context({ ...shared, grantsOf }))).toBeUndefined();
  });

  it('names the rule that decided', () => {
    expect(clientAuthorize.decide(input, context())).toStrictEqual({
      reply: { kind: 'allow' },
      decision: { verdict: 'allow', by: 'own', reason: 'a rule allows it', isShadow: false },
    });
    expect(clientAuthorize.decide({ ...input, topic: '#' }, context())).toMatchObject({
      reply: { kind: 'deny', reason: 'otherwise: no rule was hit' },
      decision: { verdict: 'deny', by: 'otherwise' },
    });
  });

  it('tells publish from subscribe', () => {
    const judge = compileRules([{ allow: 'publish', topics: 't/#' }]);
    expect(clientAuthorize.decide({ ...input, type: 0, topic: 't/a' }, context({ judge })).reply.kind).toBe(
      'allow',
    );
    expect(clientAuthorize.decide(input, context({ judge })).reply.kind).toBe('deny');
  });

  it("uses the answer's grants in place of those in memory", () => {
    const answers = { 'authorize/grants': { tags: {}, isExpired: true } };
    expect(clientAuthorize.decide(input, context({}, answers)).decision).toMatchObject({
      verdict: 'deny',
      by: 'grants',
    });
  });

  it('judges a filter with a prefix as the broker of that release interprets it', () => {
    const verdict = (topic: string, version: string) => {
      const judged = clientAuthorize.decide({ ...input, topic, meta: aMeta({ version }) }, context());
      return [judged.reply.kind, judged.decision?.by];
    };
    expect(verdict('$queue/t/x', '5.8.3')).toEqual(['allow', 'own']);
    expect(verdict('$queue/t/x', '6.2.0')).toEqual(['deny', 'otherwise']);
    expect(verdict('$queue/jobs/t/x', '6.2.0')).toEqual(['allow', 'own']);
    expect(verdict('$queue/t/x', '')).toEqual(['deny', 'otherwise']);
    expect(verdict('$new/t/x', '6.2.0')).toEqual(['deny', 'prefix']);
  });

  it.each(['allow', 'ignore', 'deny'] as const)(
    'denies a filter that may stand for any topic when no rule names it, with otherwise: %s',
    (otherwise) => {
      const judged = clientAuthorize.decide({ ...input, topic: '$new/t/x' }, context({ otherwise }));
      expect(judged.reply.kind).toBe('deny');
      expect(judged.decision).toMatchObject({ verdict: 'deny', by: 'prefix' });
    },
  );

  it('allows a filter that may stand for any topic when a grant of the client names it', () => {
    const judge = compileRules([{ name: 'granted', allow: 'subscribe', topics: '$new/#' }]);
    const grantsOf = () => ({ tags: {}, judge, isExpired: false });
    for (const grantsOrder of ['first', 'last'] as const) {
      const judged = clientAuthorize.decide(
        { ...input, topic: '$new/t/x' },
        context({ grantsOf, grantsOrder }),
      );
      expect(judged.decision).toMatchObject({ verdict: 'allow', by: 'granted' });
    }
  });
});
