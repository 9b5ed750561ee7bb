/** Tokens that other programs made with throw-away keys. They expire in the year 2100. */

/** openssl genrsa -out rsa.pem 2048; openssl rsa -in rsa.pem -pubout */
export const RSA_PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApMhpS2IDdjoOR8toH6bU
IsRGTTBxAP7M95Lco2eVMtAofNWLfq9G+QDdzx5v6K4JgeamZE++N4xttVb3pUnQ
0kK6MCPEg5B3Mj/vQLsAoLGNvV/LeP0sbcpTm6+NVN3Ij4fwP/UOCbwXY1fPueku
vbdnNzHsoKveJ8wvd438czi/Lwa/hHSCybBxaDBe9nk0In7Bxaw7MBrcsDMT8+kf
5nna6lSyBmFmHj/HMIwfJgQX9A2kKyYOng79UfLU2wywCzvQsKPrq/Run8T51OOm
RIHjANCunjDk35jTjdQpZSmqdyHXTsn3iG7zhwC7ntxvw1GUPb6UpdM44IbomPoF
FQIDAQAB
-----END PUBLIC KEY-----
`;

const PAYLOAD =
  'eyJzdWIiOiJtZXRlci0xIiwiaXNzIjoiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsImF1ZCI6Im1xdHQiLCJleHAiOjQxMDI0NDQ4MDB9';

/** What PAYLOAD says. */
export const CLAIMS = { sub: 'meter-1', iss: 'https://issuer.example', aud: 'mqtt', exp: 4_102_444_800 };

/** printf %s "$HEADER.$PAYLOAD" | openssl dgst -sha256 -sign rsa.pem -binary | base64url */
export const RS256_BY_OPENSSL = `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${PAYLOAD}.nxabjijC14dM7PTbyagITRIxg6Tuk4l47RnwTDDJbayJMrblTjNfGXNTunOB72-nBmdb5LZMljMpdumu5mgfTfnutRH86iL0AhWjwdUIcsewpO2JQdScgZL2LytYNapYz31_zl7zMC1vWLits-57erHgxvh9HdbFWfL6ih2OW52hKx1bLebqLATkwCZKDO_dHMQiFQhWPPvy0o7JuJrclbKfOsZGKA-m4LNza0vNDyEGr5E0-Icic3ylNPmrA6SOMtX4OMXq3O2HyqTatfGnkxSwtvcHSHTFjgjqfYSOloXKQGG16ecAlIRFHPYQWwpRMNtCjYvpQQ9EJ5Co044xBw`;

export const SECRET = 'tide-pool-tide-pool-tide-pool-32';

/** printf %s "$HEADER.$PAYLOAD" | openssl dgst -sha256 -hmac "$SECRET" -binary | base64url */
export const HS256_BY_OPENSSL = `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${PAYLOAD}.au9O-kL6g98McTsISGChkubUrRyQezoUrqOS363B6DA`;

/** The same with the public key above as the secret of the HMAC: the algorithm confusion of RFC 8725, 2.1. */
export const HS256_WITH_PUBLIC_KEY = `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${PAYLOAD}.lIuL4lBkY0CZtYI_S2kqBETVjuVBeaPZUrYDmnZl6gg`;

export const SECRET_BASE64 = 'dGlkZS1wb29sLXRpZGUtcG9vbC10aWRlLXBvb2wtdGlkZS1wb29sLTMyYnl0ZXM=';

/** python3: hmac.new(base64.b64decode(SECRET_BASE64), f'{header}.{payload}'.encode(), hashlib.sha512) */
export const HS512_BY_PYTHON =
  'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.eyJzdWIiOiAibWV0ZXItMSIsICJleHAiOiA0MTAyNDQ0ODAwfQ.kVW5txYDtd93Gz3n3clFYwCejwT93wFvH1kcnyk4uWFTMuKEepz27AmtBhF5CBQvIa2m8-J2gKFi6erfB2ErVA';
