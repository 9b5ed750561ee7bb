/** Files that are being written, were cut off or were emptied while the server runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { aBroker } from '../program/support/broker.ts';
import { Certificates } from '../program/support/certificates.ts';
import { login, publish } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';
import { startServer, temporaryDirectory, temporaryFile } from '../program/support/program.ts';

const names = Array.from({ length: 28 }, (_, i) => `user-${i}`);
const last = { username: 'user-27', password: 'secret' };
const users = `username,password\n${names.map((name) => `${name},secret\n`).join('')}`;
const acl = 'pattern write a\npattern write b\n';
const policy = {
  authenticate: { methods: [{ users: { file: 'users.csv', allowPlain: true } }] },
  authorize: { sources: [{ mosquitto: 'mosquitto.acl' }] },
};

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Cuts a file off at many places in turn, each time with a SIGHUP, and writes the whole of it a little later. */
async function writeSlowly(path: string, times: number, hangUp: () => void): Promise<void> {
  const whole = readFileSync(path);
  for (let i = 0; i < times; i++) {
    writeFileSync(path, whole.subarray(0, Math.floor((whole.length * i) / times)));
    hangUp();
    await sleep(300);
    writeFileSync(path, whole);
    await sleep(100);
  }
}

it('Users, rules and the configuration cut off at every place, with a SIGHUP each time, never take effect', async () => {
  const { server, broker, directory, path } = await serverOf(policy, {
    'users.csv': users,
    'mosquitto.acl': acl,
  });
  let isOver = false;
  const answers: unknown[] = [];
  const asking = (async () => {
    while (!isOver) {
      answers.push(await login(broker, last), await publish(broker, last, 'b'));
      await sleep(10);
    }
  })();
  const hangUp = (): void => server.signal('SIGHUP');
  await Promise.all([
    writeSlowly(join(directory, 'users.csv'), 28, hangUp),
    writeSlowly(join(directory, 'mosquitto.acl'), 14, hangUp),
    writeSlowly(path, 14, hangUp),
  ]);
  isOver = true;
  await asking;
  expect(answers.length).toBeGreaterThan(100);
  expect(new Set(answers)).toStrictEqual(new Set([true]));
  expect(await login(broker, { username: 'nobody', password: 'x' })).toBe(false);
  expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
});

it.each([
  ['with a SIGHUP', true],
  ['without one', false],
])('Users, rules and a configuration that were emptied stay in force, %s', async (_, isHungUp) => {
  const { server, broker, directory, path } = await serverOf(policy, {
    'users.csv': users,
    'mosquitto.acl': acl,
  });
  for (const file of [path, join(directory, 'users.csv'), join(directory, 'mosquitto.acl')]) {
    writeFileSync(file, '# empty\n');
    if (isHungUp) server.signal('SIGHUP');
    const { severity } = await server.logged(new RegExp(`${file} is empty and was not before`));
    expect(severity).toBe('ERROR');
  }
  expect([await login(broker, last), await publish(broker, last, 'b')]).toStrictEqual([true, true]);
  expect(await login(broker, { username: 'nobody', password: 'x' })).toBe(false);
});

it('Users of a file that may be emptied are gone when it is', async () => {
  const allowing = {
    authenticate: { methods: [{ users: { file: 'users.jsonl', allowPlain: true, allowEmpty: true } }] },
  };
  const { server, broker, directory } = await serverOf(allowing, {
    'users.jsonl': `${JSON.stringify(last)}\n`,
  });
  expect(await login(broker, last)).toBe(true);
  writeFileSync(join(directory, 'users.jsonl'), '');
  await server.logged(/changed and was reloaded: 0 users/);
  expect(await login(broker, last)).toBe(false);
});

it('An emptied or cut off clientCa leaves the old one in force', async () => {
  const files = new Certificates(temporaryDirectory());
  files.authority('ca');
  files.sign('ca', 'server');
  files.sign('ca', 'broker');
  const tls = { cert: 'server.pem', key: 'server.key', clientCa: 'ca.pem' };
  const path = temporaryFile('exhook.yaml', JSON.stringify({ listen: { tls } }), files.directory);
  const server = await startServer(['--config', path]);
  const whole = files.read('ca.pem');
  const broker = credentials.createSsl(whole, files.read('broker.key'), files.read('broker.pem'));
  const isServed = () => login(aBroker(server.url, broker), last);
  const before = await isServed();
  for (const [content, problem] of [
    [Buffer.alloc(0), /ca\.pem contains no PEM certificate/],
    [Buffer.concat([whole, whole.subarray(0, 300)]), /ca\.pem ends within a certificate/],
  ] as const) {
    writeFileSync(files.path('ca.pem'), content);
    server.signal('SIGHUP');
    await server.logged(problem);
    expect(await isServed()).toStrictEqual(before);
  }
});
