/** What `exhook dev` prints when it runs. */
import { plural } from '../../lib/plural.ts';
import type { Release } from './exhook/release.ts';

export interface DevFacts {
  readonly mqtt: number;
  readonly ws: number;
  /** With its token. */
  readonly inspector: string | undefined;
  /** Of our own port. */
  readonly url: string;
  /** The configuration file, as it was named. */
  readonly file: string;
  readonly isExample: boolean;
  readonly release: Release;
  readonly hooks: number;
}

export function describeDev(facts: DevFacts): string {
  const { mqtt, ws, url, inspector, file, release, hooks } = facts;
  const places: [string, string][] = [
    ...(inspector === undefined ? [] : [['Inspector', inspector] as [string, string]]),
    ['MQTT', `127.0.0.1:${mqtt}`],
    ['WebSocket', `ws://127.0.0.1:${ws}/mqtt`],
    ['ExHook', `${url}, called as EMQX ${release.version} does, for ${plural(hooks, 'hook')}`],
    ['Policy', `${file} (loaded again when it changes)`],
  ];
  const wide = Math.max(...places.map(([name]) => name.length));
  return [
    ...places.map(([name, place]) => `${name.padEnd(wide)}  ${place}`),
    '',
    'Try:',
    ...commandsFor(facts).map((command) => `  ${command}`),
    '',
    `Not as in EMQX: ${differences.join('; ')}.`,
  ].join('\n');
}

/** docs/dev.md lists them, with what to do about each. */
const differences = [
  'no shared subscriptions',
  'no rule engine, no other authenticators or authorization sources',
  'one node',
  'a session is resumed with its subscriptions only',
];

function commandsFor({ mqtt, isExample }: DevFacts): string[] {
  const publish = `mosquitto_pub -p ${mqtt} -q 1`;
  if (!isExample) return [`${publish} -i CLIENTID -u USERNAME -P PASSWORD -t TOPIC -m hello`];
  const asPump = `${publish} -i pump-1 -u pump-1`;
  return [
    `mosquitto_sub -p ${mqtt} -i board -u dashboard -P look-at-all -t 'devices/#' -v`,
    `${asPump} -P pump-one -t devices/pump-1/reading -m '{"celsius":21.5}'    # gets the device's name`,
    `${asPump} -P pump-one -t devices/pump-1/reading -m '{"celsius":900}'     # dropped: does not meet the schema`,
    `${asPump} -P pump-one -t devices/pump-2/reading -m '{"celsius":21.5}'    # refused: not its own topic`,
    `${asPump} -P wrong -t devices/pump-1/reading -m '{"celsius":21.5}'       # may not log in`,
  ];
}
