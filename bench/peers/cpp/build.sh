#!/bin/sh
# Builds the peer with the libraries of Debian: apt-get install g++ libgrpc++-dev protobuf-compiler-grpc
# build.sh PROTO DIRECTORY
set -eu
proto=$(realpath "$1")
output=$(realpath -m "$2")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$proto" "$work/exhook.proto"
protoc -I "$work" --cpp_out="$work" --grpc_out="$work" --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" \
  "$work/exhook.proto"
mkdir -p "$output"
package=$(sed -n 's/^package .*\.\(v[0-9]*\);$/\1/p' "$work/exhook.proto")
g++ -O2 -std=c++17 -DPACKAGE="$package" -I "$work" -o "$output/server" "$here/server.cc" "$work"/exhook.pb.cc \
  "$work"/exhook.grpc.pb.cc $(pkg-config --cflags --libs grpc++ protobuf)
echo "grpc++ $(pkg-config --modversion grpc++)" >"$output/library"
