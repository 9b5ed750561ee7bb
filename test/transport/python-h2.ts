/** A python3-h2 client that sends its calls in pieces, mixed, padded, with its own settings, at random. */
import { runPython } from './python.ts';

export interface H2Call {
  readonly path: string;
  /** The body, in hex. */
  readonly body: string;
}

export interface H2Answer {
  readonly headers: Readonly<Record<string, string>>;
  readonly trailers: Readonly<Record<string, string>>;
  readonly body: string;
}

const program = `
import json, random, select, socket, sys
import h2.config, h2.connection, h2.events, h2.settings

job = json.load(sys.stdin)
rng = random.Random(job["seed"])
sock = socket.create_connection(("127.0.0.1", job["port"]), timeout=30)
conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="latin1"))
conn.initiate_connection()
Codes = h2.settings.SettingCodes

def change_settings():
    conn.update_settings({
        Codes.HEADER_TABLE_SIZE: rng.choice([0, 100, 4096, 65536]),
        Codes.INITIAL_WINDOW_SIZE: rng.choice([0, 1, 1000, 65535, 1 << 20]),
        Codes.MAX_FRAME_SIZE: rng.choice([16384, 65536]),
    })

if rng.random() < 0.8:
    change_settings()

calls = job["calls"]
answers = [None] * len(calls)
waiting = list(range(len(calls)))
rng.shuffle(waiting)
sending, by_stream, done = {}, {}, 0
deaf = {}

def begin():
    index = waiting.pop()
    stream = conn.get_next_available_stream_id()
    by_stream[stream] = index
    answers[index] = {"headers": {}, "trailers": {}, "body": b""}
    fields = [(":method", "POST"), (":scheme", "http"), (":path", calls[index]["path"]), (":authority", "127.0.0.1"),
              ("content-type", "application/grpc+proto"), ("te", "trailers"), ("grpc-timeout", "30S")]
    if rng.random() < 0.2:
        fields.append(("x-long", "".join(rng.choice("abcXYZ~{}") for _ in range(rng.choice([10, 3000, 20000])))))
    extra = {}
    # h2 cannot divide a header block behind priority fields.
    if rng.random() < 0.3 and len(fields[-1][1]) < 10000:
        extra = {"priority_weight": rng.randint(1, 256), "priority_depends_on": 0}
    conn.send_headers(stream, fields, **extra)
    sending[stream] = bytes.fromhex(calls[index]["body"])

def send_some():
    stream = rng.choice(list(sending))
    rest = sending[stream]
    pad = rng.choice([None, None, None, 0, 1, 255])
    room = min(conn.local_flow_control_window(stream), conn.max_outbound_frame_size) - (0 if pad is None else pad + 1)
    if room <= 0 and rest:
        return False
    size = min(len(rest), room, rng.choice([1, 5, 100, 5000, 16384, 16384, 16384]))
    is_last = size == len(rest) and rng.random() < 0.8
    if size == 0 and not is_last:
        size = len(rest)
        is_last = True
    conn.send_data(stream, rest[:size], end_stream=is_last, pad_length=pad if rest else None)
    if is_last:
        del sending[stream]
    else:
        sending[stream] = rest[size:]
    return True

def handle(event):
    global done
    stream = getattr(event, "stream_id", None)
    if isinstance(event, h2.events.ResponseReceived):
        answers[by_stream[stream]]["headers"] = dict(event.headers)
    elif isinstance(event, h2.events.TrailersReceived):
        answers[by_stream[stream]]["trailers"] = dict(event.headers)
    elif isinstance(event, h2.events.DataReceived):
        answers[by_stream[stream]]["body"] += event.data
        deaf[stream] = deaf.get(stream, 0) + event.flow_controlled_length
    elif isinstance(event, h2.events.StreamEnded):
        done += 1
        deaf.pop(stream, None)
    elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
        raise Exception("refused: %r" % event)

def read():
    data = sock.recv(65536)
    if not data:
        raise Exception("the connection has ended")
    for event in conn.receive_data(data):
        handle(event)

def open_windows():
    # Streams whose first window is small or nothing wait for this.
    for stream, state in list(conn.streams.items()):
        if not state.closed and stream in by_stream and state.inbound_flow_control_window < 20000:
            conn.increment_flow_control_window(30000, stream)
    used = sum(deaf.values())
    if used:
        conn.increment_flow_control_window(used)
    deaf.clear()
    if conn.inbound_flow_control_window < 65535:
        conn.increment_flow_control_window(65535)

while done < len(calls):
    is_busy = False
    for _ in range(rng.randint(1, 6)):
        if waiting and len(sending) < 8 and rng.random() < 0.5:
            begin()
            is_busy = True
        elif sending:
            is_busy = send_some() or is_busy
    if rng.random() < 0.02:
        conn.ping(b"whenever")
    if rng.random() < 0.01:
        change_settings()
    if rng.random() < 0.5 or not is_busy:
        open_windows()
    out = conn.data_to_send()
    while out:
        # Cut anywhere.
        size = rng.choice([1, 9, 100, len(out), len(out), len(out)])
        sock.sendall(out[:size])
        out = out[size:]
    readable, _, _ = select.select([sock], [], [], 0 if is_busy else 5)
    if readable:
        read()

for answer in answers:
    answer["body"] = answer["body"].hex()
json.dump(answers, sys.stdout)
`;

/** Makes the calls on one connection. @throws when one is refused, or the connection ends. */
export async function callByPythonH2(
  port: number,
  seed: number,
  calls: readonly H2Call[],
): Promise<H2Answer[]> {
  return (await runPython(program, { port, seed, calls })) as H2Answer[];
}
