/** `exhook demo` on a terminal: `exhook dev` with the example policy, and devices that are simulated. */
import type { Environment } from '../../config/variables.ts';
import { packageFile } from '../../lib/package-file.ts';
import type { Terminal } from '../commands/terminal.ts';
import { openDev, signalled } from '../dev/command.ts';
import { DEFAULT_RELEASE } from '../dev/exhook/release.ts';
import { devices, startDevices } from './devices.ts';

export interface DemoArguments {
  readonly mqtt: number;
  readonly ws: number;
  readonly inspect: number;
}

/** The example policy of `exhook dev`, and alarms whose sink fails. */
export const DEMO = 'examples/dev/demo.yaml';

/** @returns the exit status: 2 when it cannot start. */
export async function demoCommand(
  args: DemoArguments,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const stopped = signalled();
  const settings = { ...args, config: packageFile(DEMO), as: DEFAULT_RELEASE, likeEmqx: false, write: false };
  const dev = await openDev(settings, env, terminal);
  if (dev === undefined) return 2;
  terminal.out(`\nDevices:\n${devices.map(({ about }) => `  ${about}`).join('\n')}\n\nCtrl-C ends it.\n`);
  const fleet = startDevices(dev.broker.mqtt);
  await stopped;
  fleet.stop();
  await dev.close();
  return 0;
}
