import { describe, expect, it } from 'vitest';
import { clientConnect } from '../../../src/core/hooks/client-connect.ts';
import { aConnection, aContext, aMeta, aProperty } from '../../support/inputs.ts';

describe('client.connect', () => {
  it('reports who asks to come in, with the properties of the packet', () => {
    const conninfo = aConnection();
    const props = [aProperty('Receive-Maximum', '10')];
    const userProps = [aProperty('site', 'north')];
    expect(clientConnect.decide({ conninfo, props, userProps, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.client.connect', subject: 'sub-a', data: { conninfo, props, userProps } }],
    });
  });

  it('reports an empty subject for a client without an id', () => {
    const conninfo = aConnection({ clientid: '' });
    const { events } = clientConnect.decide(
      { conninfo, props: [], userProps: [], meta: aMeta() },
      aContext(),
    );
    expect(events).toMatchObject([{ subject: '', data: { conninfo: { clientid: '' } } }]);
  });
});
