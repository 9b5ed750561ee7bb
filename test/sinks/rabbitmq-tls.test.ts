import { Rabbitmq } from '../../src/sinks/rabbitmq/declaration.ts';
import { openRabbitmq } from '../../src/sinks/rabbitmq/open.ts';
import { isRabbitmqMissing, password, startRabbitmq, user } from '../support/servers/rabbitmq.ts';
import { sharedPort } from '../support/servers/shared.ts';
import { describeTls } from './tls-cases.ts';
import { worldOf } from './world.ts';

describeTls('rabbitmq', {
  isMissing: isRabbitmqMissing,
  start: (certificate) => startRabbitmq({ tls: { ...certificate, demandsCert: true } }),
  startPlain: async () => ({ port: await sharedPort('rabbitmq') }),
  open: (port, tls) =>
    openRabbitmq(
      Rabbitmq.parse({
        host: '127.0.0.1',
        port,
        user,
        password: { env: 'PASSWORD' },
        exchange: 'mqtt',
        declare: { queue: 'all' },
        tls,
        timeout: '5s',
      }),
      worldOf('rabbitmq', { PASSWORD: password }),
    ),
  secrets: [password],
});
