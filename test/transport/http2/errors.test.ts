/** Errors of a peer, each answered at the level and with the code that RFC 9113 names. */
import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/transport/http2/error-code.ts';
import { encodeFields } from '../../../src/transport/http2/hpack/encoder.ts';
import type { HeaderField } from '../../../src/transport/http2/hpack/header-field.ts';
import {
  ACK,
  CONTINUATION,
  DATA,
  data,
  END_HEADERS,
  END_STREAM,
  GOAWAY,
  HEADERS,
  headers,
  http2Frame,
  PADDED,
  Peer,
  PING,
  PREFACE,
  PRIORITY,
  PUSH_PROMISE,
  RST_STREAM,
  request,
  requestTo,
  reset,
  SETTINGS,
  setting,
  uint32,
  WINDOW_UPDATE,
  WITH_PRIORITY,
  windowUpdate,
} from './peer.ts';

const { COMPRESSION_ERROR, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, PROTOCOL_ERROR, STREAM_CLOSED } = ErrorCode;

const bytes = (length: number): Buffer => Buffer.alloc(length);
const later = requestTo('/later');

const connectionErrors: readonly (readonly [string, readonly Uint8Array[], number])[] = [
  ['4.2: a frame above SETTINGS_MAX_FRAME_SIZE', [headers(1), data(1, bytes(16_385))], FRAME_SIZE_ERROR],
  [
    '4.3: a header block that cannot be decoded',
    [http2Frame(HEADERS, END_HEADERS, 1, Buffer.from([0xff, 0xff, 0xff]))],
    COMPRESSION_ERROR,
  ],
  ['5.1: DATA of an idle stream', [data(1, 'a')], PROTOCOL_ERROR],
  ['5.1: RST_STREAM of an idle stream', [reset(1)], PROTOCOL_ERROR],
  ['5.1: WINDOW_UPDATE of an idle stream', [windowUpdate(1, 1)], PROTOCOL_ERROR],
  [
    '5.1: DATA of a stream that both sides have ended',
    [headers(1), data(1, 'a'), data(1, 'b')],
    STREAM_CLOSED,
  ],
  [
    '5.1: HEADERS of a stream that both sides have ended',
    [headers(1), data(1, 'a'), headers(1)],
    STREAM_CLOSED,
  ],
  ['5.1.1: HEADERS of an even stream', [headers(2)], PROTOCOL_ERROR],
  ['5.1.1: HEADERS of stream 0', [headers(0)], PROTOCOL_ERROR],
  ['5.1.1: HEADERS of a stream that was passed over', [headers(5, later), headers(3)], PROTOCOL_ERROR],
  ['6.1: DATA of stream 0', [data(0, 'a')], PROTOCOL_ERROR],
  [
    '6.1: DATA with more padding than there is room',
    [headers(1), http2Frame(DATA, PADDED, 1, Buffer.from([3, 0, 0]))],
    PROTOCOL_ERROR,
  ],
  [
    '6.1: DATA too short for its padding',
    [headers(1), http2Frame(DATA, PADDED, 1, bytes(0))],
    FRAME_SIZE_ERROR,
  ],
  [
    '6.2: HEADERS with more padding than there is room',
    [http2Frame(HEADERS, PADDED | END_HEADERS, 1, Buffer.from([9, 0x82]))],
    PROTOCOL_ERROR,
  ],
  [
    '6.2: HEADERS too short for its padding',
    [http2Frame(HEADERS, PADDED | END_HEADERS, 1, bytes(0))],
    FRAME_SIZE_ERROR,
  ],
  [
    '6.2: HEADERS too short for its priority',
    [http2Frame(HEADERS, WITH_PRIORITY | END_HEADERS, 1, bytes(4))],
    FRAME_SIZE_ERROR,
  ],
  [
    '6.2: HEADERS whose padding takes its priority',
    [http2Frame(HEADERS, PADDED | WITH_PRIORITY | END_HEADERS, 1, Buffer.from([1, 0, 0, 0, 0, 0]))],
    FRAME_SIZE_ERROR,
  ],
  [
    '5.3.1 of RFC 7540: HEADERS that depend on their own stream',
    [http2Frame(HEADERS, WITH_PRIORITY | END_HEADERS, 1, Buffer.from([0, 0, 0, 1, 0, 0x82]))],
    PROTOCOL_ERROR,
  ],
  ['6.3: PRIORITY of stream 0', [http2Frame(PRIORITY, 0, 0, bytes(5))], PROTOCOL_ERROR],
  ['6.3: PRIORITY that is too short', [http2Frame(PRIORITY, 0, 1, bytes(4))], FRAME_SIZE_ERROR],
  ['6.4: RST_STREAM of stream 0', [reset(0)], PROTOCOL_ERROR],
  [
    '6.4: RST_STREAM that is too short',
    [headers(1), http2Frame(RST_STREAM, 0, 1, bytes(3))],
    FRAME_SIZE_ERROR,
  ],
  ['6.5: SETTINGS of a stream', [http2Frame(SETTINGS, 0, 1, bytes(0))], PROTOCOL_ERROR],
  [
    '6.5: SETTINGS of a length that is no multiple of 6',
    [http2Frame(SETTINGS, 0, 0, bytes(5))],
    FRAME_SIZE_ERROR,
  ],
  ['6.5: an acknowledgement with a payload', [http2Frame(SETTINGS, ACK, 0, bytes(6))], FRAME_SIZE_ERROR],
  ['6.5.2: SETTINGS_ENABLE_PUSH of 2', [http2Frame(SETTINGS, 0, 0, setting(2, 2))], PROTOCOL_ERROR],
  [
    '6.5.2: SETTINGS_INITIAL_WINDOW_SIZE of 2^31',
    [http2Frame(SETTINGS, 0, 0, setting(4, 2 ** 31))],
    FLOW_CONTROL_ERROR,
  ],
  [
    '6.5.2: SETTINGS_MAX_FRAME_SIZE below 16,384',
    [http2Frame(SETTINGS, 0, 0, setting(5, 16_383))],
    PROTOCOL_ERROR,
  ],
  [
    '6.5.2: SETTINGS_MAX_FRAME_SIZE above 2^24 - 1',
    [http2Frame(SETTINGS, 0, 0, setting(5, 2 ** 24))],
    PROTOCOL_ERROR,
  ],
  ['6.6: PUSH_PROMISE', [http2Frame(PUSH_PROMISE, END_HEADERS, 1, bytes(4))], PROTOCOL_ERROR],
  ['6.7: PING of a stream', [http2Frame(PING, 0, 1, bytes(8))], PROTOCOL_ERROR],
  ['6.7: PING that is too short', [http2Frame(PING, 0, 0, bytes(7))], FRAME_SIZE_ERROR],
  ['6.8: GOAWAY of a stream', [http2Frame(GOAWAY, 0, 1, bytes(8))], PROTOCOL_ERROR],
  ['6.8: GOAWAY that is too short', [http2Frame(GOAWAY, 0, 0, bytes(7))], FRAME_SIZE_ERROR],
  ['6.9: WINDOW_UPDATE of the connection by nothing', [windowUpdate(0, 0)], PROTOCOL_ERROR],
  ['6.9: WINDOW_UPDATE that is too short', [http2Frame(WINDOW_UPDATE, 0, 0, bytes(3))], FRAME_SIZE_ERROR],
  [
    '6.9.1: a window of the connection above 2^31 - 1',
    [windowUpdate(0, 2 ** 31 - 1), windowUpdate(0, 1)],
    FLOW_CONTROL_ERROR,
  ],
  [
    '6.9.2: SETTINGS that make a window too large',
    [
      headers(1, later),
      windowUpdate(1, 2 ** 31 - 1 - 65_535),
      http2Frame(SETTINGS, 0, 0, setting(4, 65_536)),
    ],
    FLOW_CONTROL_ERROR,
  ],
  [
    '6.10: a frame of another type within a header block',
    [http2Frame(HEADERS, 0, 1, bytes(0)), http2Frame(PING, 0, 0, bytes(8))],
    PROTOCOL_ERROR,
  ],
  [
    '6.10: a frame of an unknown type within a header block',
    [http2Frame(HEADERS, 0, 1, bytes(0)), http2Frame(0x99, 0, 1, bytes(8))],
    PROTOCOL_ERROR,
  ],
  [
    '6.10: CONTINUATION of another stream',
    [http2Frame(HEADERS, 0, 1, bytes(0)), http2Frame(CONTINUATION, END_HEADERS, 3, bytes(0))],
    PROTOCOL_ERROR,
  ],
  [
    '6.10: CONTINUATION of no header block',
    [headers(1), http2Frame(CONTINUATION, END_HEADERS, 1, bytes(0))],
    PROTOCOL_ERROR,
  ],
];

describe('an error that concerns the whole connection', () => {
  it.each(connectionErrors)('%s', (_what, frames, code) => {
    const peer = Peer.ready();
    peer.send(...frames);
    const last = peer.connection.streams.last;
    expect(peer.goAway()).toMatchObject({ code, last });
    expect(peer.isEnded).toBe(true);
    expect(peer.reasons).toHaveLength(1);
    expect(peer.held).toBe(0);
    // Nothing is answered any more.
    peer.send(headers(99), data(99, 'a'));
    expect(peer.take()).toStrictEqual([]);
  });

  it.each([
    ['another preface', Buffer.from('PRI * HTTP/1.1\r\n')],
    [
      'a first frame that is not SETTINGS',
      Buffer.concat([Buffer.from(PREFACE), http2Frame(PING, 0, 0, bytes(8))]),
    ],
    [
      'an acknowledgement as its first frame',
      Buffer.concat([Buffer.from(PREFACE), http2Frame(SETTINGS, ACK, 0, bytes(0))]),
    ],
  ])('3.4: %s', (_what, beginning) => {
    const peer = new Peer();
    peer.send(beginning);
    expect(peer.goAway()).toMatchObject({ code: PROTOCOL_ERROR });
  });

  it('6.9.1: DATA beyond the window of the connection', () => {
    const peer = Peer.ready();
    peer.mayConsume = false;
    for (let id = 1; id <= 9; id += 2) peer.send(headers(id, later));
    for (let id = 1; id <= 9; id += 2) for (let i = 0; i < 10; i++) peer.send(data(id, bytes(10_000), 0));
    expect(peer.goAway()).toMatchObject({ code: FLOW_CONTROL_ERROR });
  });
});

const streamErrors: readonly (readonly [string, readonly Uint8Array[], number])[] = [
  ['5.1: DATA after the end of the request', [headers(1, later), data(1, 'a'), data(1, 'b')], STREAM_CLOSED],
  ['5.1: HEADERS after the end of the request', [headers(1, later), data(1, 'a'), headers(1)], STREAM_CLOSED],
  ['5.1: DATA after RST_STREAM of the peer', [headers(1, later), reset(1), data(1, 'b')], STREAM_CLOSED],
  ['6.9: WINDOW_UPDATE of a stream by nothing', [headers(1, later), windowUpdate(1, 0)], PROTOCOL_ERROR],
  [
    '6.9.1: a window of a stream above 2^31 - 1',
    [headers(1, later), windowUpdate(1, 2 ** 31 - 1)],
    FLOW_CONTROL_ERROR,
  ],
  [
    '8.1: trailers without the end of the stream',
    [headers(1, later), headers(1, [['a', 'b']])],
    PROTOCOL_ERROR,
  ],
  [
    '8.1: trailers with a pseudo-header field',
    [headers(1, later), headers(1, [[':path', '/']], END_STREAM)],
    PROTOCOL_ERROR,
  ],
  ['8.1: trailers in capitals', [headers(1, later), headers(1, [['A', 'b']], END_STREAM)], PROTOCOL_ERROR],
  [
    '8.1.1: a body that is longer than content-length',
    [headers(1, requestTo('/later', ['content-length', '1'])), data(1, 'ab', 0)],
    PROTOCOL_ERROR,
  ],
  [
    '8.1.1: a body that is shorter than content-length',
    [headers(1, requestTo('/later', ['content-length', '3'])), data(1, 'a', 0), data(1, 'b')],
    PROTOCOL_ERROR,
  ],
  [
    '8.1.1: a body, whole at once, of another length',
    [headers(1, requestTo('/echo', ['content-length', '3'])), data(1, 'ab')],
    PROTOCOL_ERROR,
  ],
  [
    '8.1.1: no body, though one was announced',
    [headers(1, requestTo('/echo', ['content-length', '3']), END_STREAM)],
    PROTOCOL_ERROR,
  ],
];

describe('an error that concerns one stream', () => {
  it.each(streamErrors)('%s', (_what, frames, code) => {
    const peer = Peer.ready();
    peer.send(...frames);
    const resets = peer.take().filter(({ type }) => type === RST_STREAM);
    expect(resets).toHaveLength(1);
    expect(resets[0]).toMatchObject({ stream: 1, payload: uint32(code) });
    expect(peer.streamReasons).toHaveLength(1);
    // Others are served as before, whatever the result of this one.
    peer.send(data(1, 'on its way', 0), headers(3), data(3, 'a'));
    expect(peer.take().filter(({ stream }) => stream === 3)).toHaveLength(3);
    expect(peer.reasons).toStrictEqual([]);
    expect([peer.held, peer.connection.streams.size]).toStrictEqual([0, 0]);
  });

  it('6.9.1: DATA beyond the window of the stream', () => {
    const peer = Peer.ready();
    peer.mayConsume = false;
    peer.send(headers(1, later));
    for (let i = 0; i < 11; i++) peer.send(data(1, bytes(10_000), 0));
    expect(peer.take()).toMatchObject([{ type: RST_STREAM, payload: uint32(FLOW_CONTROL_ERROR) }]);
    expect(peer.seen.get(1)?.closed).toBe(FLOW_CONTROL_ERROR);
  });
});

const without = (name: string): HeaderField[] => request.filter(([other]) => other !== name);
const withField = (name: string, value: string): HeaderField[] => [...request, [name, value]];

describe('a malformed request is reset with PROTOCOL_ERROR, and the next one is served', () => {
  it.each<[string, readonly HeaderField[]]>([
    ['8.2: a name in capitals', withField('X-Capital', 'a')],
    ['8.2.1: a name with a blank', withField('x y', 'a')],
    ['8.2.1: a name with a control', withField('x\x01', 'a')],
    ['8.2.1: a name that is no ASCII', withField('x\xe9', 'a')],
    ['8.2.1: a name with a colon', withField('x:y', 'a')],
    ['8.2.1: a name that is empty', withField('', 'a')],
    ['8.2.1: a value with NUL', withField('x', 'a\0b')],
    ['8.2.1: a value with a line break', withField('x', 'a\r\nb')],
    ['8.2.1: a value that begins with a blank', withField('x', ' a')],
    ['8.2.1: a value that ends with a tab', withField('x', 'a\t')],
    ['8.2.2: connection', withField('connection', 'close')],
    ['8.2.2: proxy-connection', withField('proxy-connection', 'close')],
    ['8.2.2: keep-alive', withField('keep-alive', '1')],
    ['8.2.2: transfer-encoding', withField('transfer-encoding', 'chunked')],
    ['8.2.2: upgrade', withField('upgrade', 'h2c')],
    ['8.2.2: te that is not trailers', withField('te', 'gzip')],
    ['8.3: an unknown pseudo-header field', [[':unknown', 'a'], ...request]],
    ['8.3: a pseudo-header field of responses', [[':status', '200'], ...request]],
    ['8.3: a pseudo-header field behind the others', [...without(':path'), ['x', 'y'], [':path', '/echo']]],
    ['8.3.1: :method twice', [[':method', 'POST'], ...request]],
    ['8.3.1: :path twice', [[':path', '/echo'], ...request]],
    ['8.3.1: no :method', without(':method')],
    ['8.3.1: no :scheme', without(':scheme')],
    ['8.3.1: no :path', without(':path')],
    ['8.3.1: an empty :path', requestTo('')],
    ['8.3.1: a :path that is none', requestTo('echo')],
    ['8.3.1: a :path of * for another method than OPTIONS', requestTo('*')],
    ['8.3.1: a :method that is no token', [[':method', 'PO ST'], ...without(':method')]],
    ['8.5: CONNECT with a path', [[':method', 'CONNECT'], ...without(':method')]],
    ['RFC 9110, 8.6: a content-length that is no number', withField('content-length', '+0')],
    ['RFC 9110, 8.6: two lengths', [...withField('content-length', '0'), ['content-length', '1']]],
  ])('%s', (_what, fields) => {
    const peer = Peer.ready();
    peer.send(headers(1, fields, END_STREAM), headers(3, request, END_STREAM));
    const frames = peer.take();
    expect(frames[0]).toMatchObject({ type: RST_STREAM, stream: 1, payload: uint32(PROTOCOL_ERROR) });
    expect(frames.slice(1).map(({ stream }) => stream)).toStrictEqual([3, 3, 3]);
    expect(peer.streamReasons).toStrictEqual(['malformed_request']);
    expect(peer.requests).toHaveLength(1);
  });

  it.each<[string, readonly HeaderField[]]>([
    ['te: trailers', withField('te', 'trailers')],
    ['a length that stands twice', [...withField('content-length', '0'), ['content-length', '0']]],
    ['no :authority', without(':authority')],
    [
      'OPTIONS *',
      [
        [':method', 'OPTIONS'],
        [':scheme', 'http'],
        [':path', '*'],
      ],
    ],
    [
      'CONNECT',
      [
        [':method', 'CONNECT'],
        [':authority', 'a:1'],
      ],
    ],
    ['an empty value', withField('x', '')],
    ['a value in another alphabet', withField('x', '\xc3\xa9')],
  ])('but not %s', (_what, fields) => {
    const peer = Peer.ready();
    peer.send(headers(1, fields, END_STREAM));
    expect(peer.requests).toHaveLength(1);
    expect(peer.streamReasons).toStrictEqual([]);
  });
});

describe('what must be ignored', () => {
  it.each([
    ['5.5: a frame of an unknown type', http2Frame(0xfe, 0xff, 0, bytes(100))],
    ['6.5.2: an unknown setting', http2Frame(SETTINGS, 0, 0, setting(0x99, 1))],
    ['6.7: the answer to a PING that was not sent', http2Frame(PING, ACK, 0, bytes(8))],
    ['6.3: PRIORITY of an idle stream', http2Frame(PRIORITY, 0, 7, bytes(5))],
    ['4.1: flags without a meaning', http2Frame(PING, 0xf0, 0, bytes(8))],
  ])('%s', (_what, frame) => {
    const peer = Peer.ready();
    peer.send(frame, headers(1), data(1, 'a'));
    expect(peer.reasons).toStrictEqual([]);
    expect(peer.requests).toHaveLength(1);
  });

  it.each([
    ['WINDOW_UPDATE', windowUpdate(1, 1)],
    ['RST_STREAM', reset(1)],
    ['PRIORITY', http2Frame(PRIORITY, 0, 1, bytes(5))],
  ])('5.1: %s of a stream that was closed', (_what, frame) => {
    const peer = Peer.ready();
    peer.send(headers(1), data(1, 'a'), frame, headers(3), data(3, 'b'));
    expect(peer.reasons).toStrictEqual([]);
    expect(peer.requests).toHaveLength(2);
  });
});

it('6.7: PING is answered with its own payload', () => {
  const peer = Peer.ready();
  peer.send(http2Frame(PING, 0, 0, Buffer.from('12345678')));
  expect(peer.take()).toMatchObject([{ type: PING, flags: ACK, payload: Buffer.from('12345678') }]);
});

it('6.5.3: SETTINGS are acknowledged', () => {
  const peer = Peer.ready();
  peer.send(http2Frame(SETTINGS, 0, 0, setting(3, 1)));
  expect(peer.take()).toMatchObject([{ type: SETTINGS, flags: ACK, payload: bytes(0) }]);
});

it('10.5.1: A header list that is too large is answered by 431, and the tables still agree', () => {
  const peer = Peer.ready();
  peer.send(headers(1, withField('x', 'y'.repeat(5_000)), END_STREAM), headers(3), data(3, 'a'));
  const frames = peer.take();
  expect(frames[0]).toMatchObject({ type: HEADERS, stream: 1, flags: END_HEADERS | END_STREAM });
  expect(frames[0] && peer.fields(frames[0])).toStrictEqual({ ':status': '431' });
  expect(peer.streamReasons).toStrictEqual(['header_list_too_large']);
  expect(peer.requests).toHaveLength(1);
});

describe('the end of a connection, in two steps [6.8]', () => {
  it('refuses nothing until the peer has read the notice, and ends with the last stream', () => {
    const peer = Peer.ready();
    peer.send(headers(1, later));
    peer.connection.leave();
    peer.turn();
    const [notice, ping] = peer.take();
    expect(notice).toMatchObject({ type: GOAWAY, payload: uint32(2 ** 31 - 1, 0) });
    expect(ping).toMatchObject({ type: PING, flags: 0 });
    peer.send(headers(3, later), http2Frame(PING, ACK, 0, ping?.payload ?? bytes(8)));
    expect(peer.take()).toMatchObject([{ type: GOAWAY, payload: uint32(3, 0) }]);
    // Too late: neither answered nor an error.
    peer.send(headers(5), data(5, 'a'));
    expect(peer.take()).toStrictEqual([]);
    for (const id of [1, 3]) {
      peer.send(data(id, ''));
      expect(peer.isEnded).toBe(false);
      peer.answer(id, Buffer.from('x'));
      peer.turn();
    }
    expect(peer.isEnded).toBe(true);
    expect(peer.reasons).toStrictEqual([]);
  });

  it('takes the second step after a second when the PING is not answered', () => {
    const peer = Peer.ready();
    peer.connection.leave();
    peer.turn();
    peer.take();
    peer.wait(999);
    expect(peer.isEnded).toBe(false);
    peer.wait(1);
    expect(peer.take()).toMatchObject([{ type: GOAWAY, payload: uint32(0, 0) }]);
    expect(peer.isEnded).toBe(true);
  });

  it('is begun by the peer, too', () => {
    const peer = Peer.ready();
    peer.send(headers(1, later), data(1, 'a'), http2Frame(GOAWAY, 0, 0, bytes(8)));
    expect(peer.isEnded).toBe(false);
    peer.answer(1, Buffer.from('x'));
    peer.turn();
    expect(peer.isEnded).toBe(true);
  });
});

it('An error text is of this server, and says nothing that the peer has sent', () => {
  const peer = Peer.ready();
  peer.send(http2Frame(HEADERS, END_HEADERS, 1, encodeFields(withField('connection', 'secret'))), reset(9));
  const { text = '' } = peer.goAway() ?? {};
  expect(text).toBe('RST_STREAM: the stream is idle');
});
