/**
 * @grpc/grpc-js with the same answers and without validation. Decodes each request and encodes each reply, with
 * protobuf-es or, like most of its users, with @grpc/proto-loader (protobufjs).
 *
 *     node grpc-js.mjs PORT [es | loader]
 */
import { fileURLToPath } from 'node:url';
import { create, type DescMethodUnary, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import {
  type GrpcObject,
  loadPackageDefinition,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type ServiceDefinition,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { HookProvider } from '../../gen/emqx/exhook/v3/exhook_pb.ts';
import { COOKED, RAW } from './hooks.ts';

const [port, codec = 'es'] = process.argv.slice(2);

interface Published {
  topic: string;
}
type Unary = (call: { request: { message: Published } }, done: (error: null, reply: object) => void) => void;

const answers: Readonly<Record<string, Unary>> = {
  OnClientConnected: (_, done) => done(null, {}),
  OnClientAuthorize: (_, done) => done(null, { type: STOP_AND_RETURN, ...oneof('boolResult', true) }),
  OnMessagePublish: ({ request: { message } }, done) => {
    if (!message.topic.startsWith(RAW)) return done(null, { type: IGNORE });
    const rewritten = { ...message, topic: COOKED + message.topic.slice(RAW.length) };
    done(null, { type: STOP_AND_RETURN, ...oneof('message', rewritten) });
  },
};
const IGNORE = 1;
const STOP_AND_RETURN = 2;

/** A oneof is one field in protobuf-es, and several in protobufjs. */
function oneof(name: string, value: unknown): object {
  return codec === 'es' ? { value: { case: name, value } } : { [name]: value };
}

/** What a generator for grpc-js would write. */
function defineWithProtobufEs(): ServiceDefinition {
  const methods = HookProvider.methods
    .filter(isUnary)
    .map((method) => [method.name, define(method)] as const);
  return Object.fromEntries(methods);
}

function isUnary(method: (typeof HookProvider.methods)[number]): method is DescMethodUnary & typeof method {
  return method.methodKind === 'unary';
}

function define({ name, input, output }: DescMethodUnary): MethodDefinition<Message, object> {
  const serialize = (message: object): Buffer => asBuffer(toBinary(output, create(output, message as never)));
  return {
    path: `/${HookProvider.typeName}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message) => asBuffer(toBinary(input, message)),
    requestDeserialize: (bytes) => fromBinary(input, bytes),
    responseSerialize: serialize,
    responseDeserialize: (bytes) => fromBinary(output, bytes),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function defineWithProtoLoader(): Promise<ServiceDefinition> {
  const { loadSync } = await import('@grpc/proto-loader');
  // Relative to bench/.build/, where this runs.
  const proto = fileURLToPath(new URL('../../proto/emqx/exhook/v3/exhook.proto', import.meta.url));
  const definition = loadPackageDefinition(loadSync(proto));
  const found = 'emqx.exhook.v3.HookProvider'
    .split('.')
    .reduce((at, name) => at[name] as GrpcObject, definition) as unknown;
  return (found as ServiceClientConstructor).service;
}

const service = codec === 'es' ? defineWithProtobufEs() : await defineWithProtoLoader();
const server = new Server();
server.addService(service, answers as unknown as Record<string, UntypedHandleCall>);
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
});
process.on('SIGTERM', () => process.exit(0));
