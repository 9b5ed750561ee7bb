/** The HPACK of Debian's python3-hpack, as the other side. */
import { spawnSync } from 'node:child_process';

const PYTHON = '/usr/bin/python3';

/** Runs a program with JSON on its standard input. @returns the JSON on its standard output. */
function run(program: string, input: unknown): unknown {
  const { error, status, stderr, stdout } = spawnSync(PYTHON, ['-c', program], {
    input: JSON.stringify(input),
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${PYTHON}: ${stderr.toString().slice(-2000)}`);
  return JSON.parse(stdout.toString());
}

/** Whether the package is there, or has to be. */
export function hasPythonHpack(): boolean {
  if (process.env.EXHOOK_TEST_REQUIRE_SERVERS === '1') return true;
  return spawnSync(PYTHON, ['-c', 'import hpack']).status === 0;
}

/** A block that their encoder makes. */
export interface PythonBlock {
  /** Name, value, and whether it is never indexed. */
  readonly fields: readonly (readonly [name: string, value: string, isSensitive: boolean])[];
  readonly huffman: boolean;
  /** Sizes that SETTINGS have, one after another, before the block. */
  readonly sizes: readonly number[];
}

const encodeProgram = `
import json, sys
from hpack import Encoder
from hpack.struct import HeaderTuple, NeverIndexedHeaderTuple
answer = []
for connection in json.load(sys.stdin):
    encoder = Encoder()
    blocks = []
    for block in connection:
        for size in block["sizes"]:
            encoder.header_table_size = size
        fields = [
            (NeverIndexedHeaderTuple if sensitive else HeaderTuple)(name.encode("latin1"), value.encode("latin1"))
            for name, value, sensitive in block["fields"]
        ]
        octets = encoder.encode(fields, huffman=block["huffman"]).hex()
        table = [[n.decode("latin1"), v.decode("latin1")] for n, v in encoder.header_table.dynamic_entries]
        blocks.append([octets, table])
    answer.append(blocks)
json.dump(answer, sys.stdout)
`;

/** Each connection has an encoder. @returns octets in hex, and the table after the block, the newest first. */
export function encodeByPython(
  connections: readonly (readonly PythonBlock[])[],
): (readonly [octets: string, table: readonly (readonly [string, string])[]])[][] {
  return run(encodeProgram, connections) as ReturnType<typeof encodeByPython>;
}

const decodeProgram = `
import json, sys
from hpack import Decoder
from hpack.exceptions import HPACKError
answer = []
for connection in json.load(sys.stdin):
    decoder = Decoder(max_header_list_size=1 << 30)
    blocks = []
    for octets in connection:
        try:
            fields = decoder.decode(bytes.fromhex(octets), raw=True)
        except HPACKError as error:
            blocks.append(type(error).__name__)
            break
        blocks.append([[name.decode("latin1"), value.decode("latin1")] for name, value in fields])
    answer.append(blocks)
json.dump(answer, sys.stdout)
`;

/** Each connection has a decoder. @returns fields, and the name of the error in place of the block that has one. */
export function decodeByPython(
  connections: readonly (readonly string[])[],
): (readonly (readonly [string, string])[] | string)[][] {
  return run(decodeProgram, connections) as ReturnType<typeof decodeByPython>;
}
