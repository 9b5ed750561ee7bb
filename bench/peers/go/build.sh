#!/bin/sh
# Builds the peer with the Go libraries of Debian: apt-get install golang-go golang-google-grpc-dev protobuf-compiler
# build.sh PROTO DIRECTORY
set -eu
proto=$(realpath "$1")
output=$(realpath -m "$2")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GO111MODULE=off GOFLAGS=-trimpath CGO_ENABLED=0 GOCACHE="$work/cache" GOPATH="$work:/usr/share/gocode"
for plugin in google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc; do
  go build -o "$work/bin/$(basename "$plugin")" "$plugin"
done
mkdir -p "$work/src/exhook/pb"
cp "$proto" "$work/exhook.proto"
PATH="$work/bin:$PATH" protoc -I "$work" --go_out="$work/src" --go_opt=Mexhook.proto=exhook/pb \
  --go-grpc_out="$work/src" --go-grpc_opt=Mexhook.proto=exhook/pb "$work/exhook.proto"
cp "$here/main.go" "$work/src/exhook/main.go"
mkdir -p "$output"
go build -ldflags='-s -w' -o "$output/server" exhook
sed -n 's/^const Version = "\(.*\)"$/grpc-go \1/p' /usr/share/gocode/src/google.golang.org/grpc/version.go >"$output/library"
