#!/bin/sh
# Makes a signed token (RS256) with openssl: make-token.sh PRIVATE_KEY CLAIMS_JSON
set -eu
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
signed="$(printf '%s' '{"alg":"RS256","typ":"JWT"}' | base64url).$(printf '%s' "$2" | base64url)"
signature="$(printf '%s' "$signed" | openssl dgst -sha256 -sign "$1" -binary | base64url)"
printf '%s.%s\n' "$signed" "$signature"
