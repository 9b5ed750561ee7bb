"""A server of grpcio with generated code and no work of its own: it decodes each request and encodes a reply.

    python3 server.py PORT DIRECTORY_OF_GENERATED_CODE
"""

import signal
import sys
from concurrent import futures

import grpc

port, generated = sys.argv[1:3]
sys.path.insert(0, generated)

import exhook_pb2 as messages  # noqa: E402
import exhook_pb2_grpc as services  # noqa: E402

RAW, COOKED = "raw/", "site/berlin/"


class Provider(services.HookProviderServicer):
    def OnClientConnected(self, request, context):
        return messages.EmptySuccess()

    def OnClientAuthorize(self, request, context):
        return messages.ValuedResponse(type="STOP_AND_RETURN", bool_result=True)

    def OnMessagePublish(self, request, context):
        message = request.message
        if not message.topic.startswith(RAW):
            return messages.ValuedResponse(type="IGNORE")
        message.topic = COOKED + message.topic[len(RAW) :]
        return messages.ValuedResponse(type="STOP_AND_RETURN", message=message)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
services.add_HookProviderServicer_to_server(Provider(), server)
server.add_insecure_port(f"127.0.0.1:{port}")
server.start()
signal.signal(signal.SIGTERM, lambda *_: server.stop(None))
server.wait_for_termination()
