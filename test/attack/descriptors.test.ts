/** A server that can open no file any more, as under a storm of connections, from the moment on at which it listens. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { callAs } from '../program/support/blocking-hook.ts';
import { everything, useCalls, useEverything } from '../program/support/everything.ts';
import { type PolicyServer, serverOf } from '../program/support/policy-server.ts';

/** Lets a process open so many descriptors more, and no others. The limit is one of numbers, which are used from the lowest. */
function limitDescriptors(pid: number, more: number): void {
  const used = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let free = 0; used.has(limit) || free < more; limit++) if (!used.has(limit)) free++;
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:4096`]);
}

/** A server to which a broker has connected, and that has answered none of the calls that are to come. */
async function aConnectedServer(): Promise<PolicyServer> {
  const server = await serverOf(everything, {}, ['--watchdog', 'off', '--limits-body-timeout', '1h']);
  expect(await callAs(server.broker, 'not')).toBe(0);
  return server;
}

const failures = (results: object) => Object.entries(results).filter(([, result]) => result !== true);

it('The first token, hash and payload of each kind are answered although no file can be opened', async () => {
  const { server, broker } = await aConnectedServer();
  limitDescriptors(server.pid, 0);
  expect(failures(await useCalls(broker))).toStrictEqual([]);
  limitDescriptors(server.pid, 100);
  expect(failures(await useEverything(broker, server.url))).toStrictEqual([]);
  expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
});

it('A flood of connections that takes every descriptor costs no login, and pages come back after it', async () => {
  const { server, broker } = await aConnectedServer();
  limitDescriptors(server.pid, 20);
  const sockets = Array.from({ length: 100 }, () => connect(server.port, '127.0.0.1').on('error', () => {}));
  const taken = () => readdirSync(`/proc/${server.pid}/fd`).length;
  const before = taken();
  await expect
    .poll(() => taken() >= before && sockets.filter(({ pending }) => !pending).length >= 20)
    .toBe(true);
  expect(failures(await useCalls(broker))).toStrictEqual([]);
  for (const socket of sockets) socket.destroy();
  const isWell = async () => failures(await useEverything(broker, server.url)).length === 0;
  await expect.poll(() => isWell().catch(() => false), { timeout: 20_000 }).toBe(true);
  expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
});
