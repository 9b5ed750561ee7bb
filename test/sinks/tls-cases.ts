/** What every sink with TLS must do, against a server that demands a certificate of its clients, and one that knows no TLS. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/events/outbox.ts';
import { makeDelivery, type Sink } from '../../src/sink-contract.ts';
import { opened } from '../events/support.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { until } from '../support/servers/process.ts';
import { quietLog } from './options.ts';

interface Server {
  readonly port: number;
  close?(): Promise<void>;
}

export interface TlsSubject {
  readonly isMissing: boolean;
  /** Starts a server with this certificate, which demands one of its clients if it can. */
  start(certificate: Certificates['server']): Promise<Server>;
  /** Starts a server that knows no TLS, or finds one. */
  startPlain(): Promise<Server>;
  /** Opens the sink with these options of TLS. */
  open(port: number, tls: object | boolean): Promise<Sink>;
  /** What must not be in any text. */
  readonly secrets: readonly string[];
}

/** Starts the servers, and tries all cases. */
export function describeTls(kind: string, { isMissing, ...subject }: TlsSubject): void {
  describe.skipIf(isMissing)(`the sink ${kind} with TLS`, () => {
    const given: { certificates?: Certificates; server?: Server; plain?: Server } = {};
    beforeAll(async () => {
      given.certificates = await makeCertificates();
      given.server = await subject.start(given.certificates.server);
      given.plain = await subject.startPlain();
    }, 120_000);
    afterAll(async () => {
      await given.server?.close?.();
      await given.plain?.close?.();
      await given.certificates?.remove();
    });

    itKnowsTls({
      certificates: () => given.certificates as Certificates,
      open: (tls) => subject.open(given.server?.port ?? 0, tls),
      openPlain: (tls) => subject.open(given.plain?.port ?? 0, tls),
      secrets: subject.secrets,
    });
  });
}

interface TlsCases {
  readonly certificates: () => Certificates;
  readonly open: (tls: object | boolean) => Promise<Sink>;
  readonly openPlain: (tls: object | boolean) => Promise<Sink>;
  readonly secrets: readonly string[];
}

const write = async (sink: Sink, count = 1) =>
  await sink.write(
    Array.from({ length: count }, () => makeDelivery()),
    new AbortController().signal,
  );

function itKnowsTls({ certificates, open, openPlain, secrets }: TlsCases): void {
  /** Nothing is confirmed and nothing rejected: all is tried again, and the text says why. */
  const fails = async (sink: Sink, says: RegExp): Promise<void> => {
    for (const work of [() => write(sink), () => sink.check?.()]) {
      const error = await Promise.resolve(work()).then(
        () => undefined,
        (reason: Error) => reason,
      );
      expect(error?.message).toMatch(says);
      // With its causes, which a log may show.
      const shown = inspect(error, { depth: Number.POSITIVE_INFINITY });
      for (const secret of secrets) expect(shown).not.toContain(secret);
    }
    await sink.close();
  };

  it('presents a certificate and verifies the certificate of the server', async () => {
    const { ca, client } = certificates();
    const sink = await open({ ca, ...client });
    await sink.check?.();
    expect(await write(sink, 5)).toBeUndefined();
    await sink.close();
  });

  it('sends nothing to a server that nobody vouches for', async () => {
    const { otherCa, client } = certificates();
    const says =
      /127\.0\.0\.1:\d+.*: the certificate of the server is not signed by a trusted authority: see tls\.ca/;
    await fails(await open({ ca: otherCa, ...client }), says);
    await fails(await open(client), says);
  });

  it('loses nothing while nobody vouches for the server', async () => {
    const { otherCa, client } = certificates();
    const sink = await open({ ca: otherCa, ...client });
    const outbox = createOutbox({ sinks: [opened(sink, { retry: { min: 10 } })], log: quietLog });
    outbox.pipelines[0]?.push(makeDelivery(), 100, 'drop-oldest');
    await until('several attempts', () => (outbox.sinks[0]?.retried ?? 0) > 2);
    expect(outbox.stats).toMatchObject({ queued: 1, dropped: 0, failed: 0 });
    expect(await outbox.close(1)).toEqual({ lost: 1, spooled: 0 });
  });

  it('sends nothing to a server with another name', async () => {
    const { ca, client } = certificates();
    await fails(
      await open({ ca, ...client, serverName: 'elsewhere.example' }),
      /has another name: see tls\.serverName/,
    );
  });

  it('says that the server demands a certificate', async () => {
    await fails(
      await open({ ca: certificates().ca }),
      /demands a certificate.*see tls\.cert and tls\.key|see user, tls/,
    );
  });

  it('sends nothing in the clear when TLS is configured', async () => {
    await fails(
      await openPlain({ ca: certificates().ca }),
      /127\.0\.0\.1:\d+.*: (the server does not speak TLS|.*timed out|read ECONNRESET)/,
    );
  });
}
