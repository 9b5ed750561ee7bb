import { Mqtt } from '../../src/sinks/mqtt/declaration.ts';
import { openMqtt } from '../../src/sinks/mqtt/open.ts';
import { isMosquittoMissing, password, startMosquitto, user } from '../support/servers/mosquitto.ts';
import { describeTls } from './tls-cases.ts';
import { worldOf } from './world.ts';

describeTls('mqtt', {
  isMissing: isMosquittoMissing,
  start: (certificate) => startMosquitto({ tls: { ...certificate, demandsCert: true } }),
  startPlain: () => startMosquitto(),
  open: (port, tls) =>
    openMqtt(
      Mqtt.parse({
        host: '127.0.0.1',
        port,
        user,
        password: { env: 'PASSWORD' },
        topic: 'events',
        tls,
        timeout: '5s',
      }),
      worldOf('mqtt', { PASSWORD: password }),
    ),
  secrets: [password],
});
