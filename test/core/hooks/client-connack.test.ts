import { describe, expect, it } from 'vitest';
import { clientConnack } from '../../../src/core/hooks/client-connack.ts';
import { aConnection, aContext, aMeta, aProperty } from '../../support/inputs.ts';

describe('client.connack', () => {
  it('reports how the broker answers a CONNECT packet', () => {
    const conninfo = aConnection();
    const resultCode = 'bad_username_or_password';
    const props = [aProperty('Receive-Maximum', '10')];
    const userProps = [aProperty('site', 'north')];
    expect(
      clientConnack.decide({ conninfo, resultCode, props, userProps, meta: aMeta() }, aContext()),
    ).toStrictEqual({
      reply: { kind: 'observed' },
      events: [
        { type: 'emqx.client.connack', subject: 'sub-a', data: { conninfo, resultCode, props, userProps } },
      ],
    });
  });

  it('reports an empty subject for a client without an id', () => {
    const conninfo = aConnection({ clientid: '' });
    const { events } = clientConnack.decide(
      { conninfo, resultCode: 'success', props: [], userProps: [], meta: aMeta() },
      aContext(),
    );
    expect(events).toMatchObject([{ subject: '', data: { conninfo: { clientid: '' } } }]);
  });
});
