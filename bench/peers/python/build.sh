#!/bin/sh
# Generates the code of the peer: apt-get install python3-grpcio python3-protobuf protobuf-compiler-grpc
# build.sh PROTO DIRECTORY
set -eu
mkdir -p "$2"
cp "$1" "$2/exhook.proto"
protoc -I "$2" --python_out="$2" --grpc_out="$2" --plugin=protoc-gen-grpc="$(command -v grpc_python_plugin)" \
  "$2/exhook.proto"
/usr/bin/python3 -c 'import grpc; print("grpcio", grpc.__version__)' >"$2/library"
