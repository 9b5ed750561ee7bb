/**
 * The recording of EMQX 5.3.2, as EMQX 4.x would have sent it: no recording of version 1 exists.
 *
 * Built from the tables of the interface: names and shapes are version 1's, the facts are recorded.
 */
import { type DescMessage, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import { HookProvider } from '../../gen/emqx/exhook/v1/exhook_pb.ts';
import { type RecordedCall, readRecording } from './recordings.ts';

const methodNames: Readonly<Record<string, string>> = {
  OnClientAuthorize: 'OnClientCheckAcl',
  OnSessionTakenover: 'OnSessionTakeovered',
};

type Fields = { [key: string]: JsonValue };

/**
 * @param meta whether requests say which broker node calls: EMQX 4.4.3 and later do; 4.3.0 does not, and has
 *   no message headers either.
 */
export function v1Life({ meta }: { meta: boolean }): RecordedCall[] {
  return readRecording('emqx-5.3.2').map((call) => {
    const recorded = call.path.split('/').at(-1) ?? '';
    const method = HookProvider.methods.find(({ name }) => name === (methodNames[recorded] ?? recorded));
    if (method === undefined) throw new Error(`version 1 has no ${recorded}`);
    const fields = (meta ? of443 : of430)(structuredClone(call.message) as Fields);
    return {
      ...call,
      ...asVersion1(method.name, method.input, fields),
      headers: headersOf(call, method.input),
    };
  });
}

function asVersion1(method: string, input: DescMessage, fields: Fields) {
  // What version 1 does not have is an error here, not a loss.
  const message = fromJson(input, fields, { ignoreUnknownFields: false });
  return {
    path: `/${HookProvider.typeName}/${method}`,
    message_base64: Buffer.from(toBinary(input, message)).toString('base64'),
    message: toJson(input, message) as Record<string, unknown>,
  };
}

function headersOf(call: RecordedCall, input: DescMessage): Record<string, string> {
  return { ...call.headers, 'grpc-message-type': input.typeName };
}

/** EMQX 4.4.3 and later: version 1 with metadata. */
function of443(fields: Fields): Fields {
  return withBroker(fields, '4.4.3');
}

/** EMQX 4.3.0: neither metadata nor message headers. */
function of430({ meta: _, ...fields }: Fields): Fields {
  const { message } = fields as { message?: Fields };
  delete message?.headers;
  return withBroker(fields, '4.3.0');
}

function withBroker(fields: Fields, version: string): Fields {
  const { broker, meta } = fields as { broker?: Fields; meta?: Fields };
  if (meta !== undefined) meta.version = version;
  if (broker !== undefined) {
    broker.version = version;
    broker.uptime = inWords(Number(broker.uptime));
  }
  return fields;
}

/** Seconds as EMQX 4.x prints its uptime. */
export function inWords(seconds: number): string {
  const units = [
    [86_400, 'days'],
    [3_600, 'hours'],
    [60, 'minutes'],
    [1, 'seconds'],
  ] as const;
  const first = units.findIndex(([size]) => seconds >= size);
  return units
    .slice(first === -1 ? 3 : first)
    .map(([size, name], index, shown) => {
      const [larger] = (index === 0 ? undefined : shown[index - 1]) ?? [Number.POSITIVE_INFINITY];
      return `${Math.floor((seconds % larger) / size)} ${name}`;
    })
    .join(', ');
}
