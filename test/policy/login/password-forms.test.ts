import { describe, expect, it } from 'vitest';
import { isSelfDescribing, parseHash } from '../../../src/policy/login/password-forms.ts';
import { HashError } from '../../../src/policy/login/password-hash.ts';
import { textVectors } from '../../lookup/password/vectors.ts';

const B53 = 'E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty';
const SALT = 'c2FsdHlzYWx0MTZieXRlcw';
const DIGEST = '557I7XBNtYbBADIE9SYKvpzKVGlUQxIAFvfUAFWdZYc';
const DIGEST64 = `${'A'.repeat(86)}==`;

describe('parseHash', () => {
  it.each(textVectors)('recognises $name', ({ hash, kind, options }) => {
    expect(isSelfDescribing(hash)).toBe(true);
    expect(parseHash(hash, options).kind).toBe(kind);
  });

  it('reads the parameters of each form', () => {
    expect(parseHash(`$2b$12$${B53}`)).toMatchObject({ cost: 12 });
    expect(parseHash(`$argon2id$v=19$m=19456,t=2,p=1$${SALT}$${DIGEST}`)).toMatchObject({
      memoryKiB: 19456,
      passes: 2,
      lanes: 1,
    });
    expect(parseHash(`$scrypt$ln=17,r=8,p=1$${SALT}$${DIGEST}`)).toMatchObject({ logN: 17, r: 8, p: 1 });
    expect(parseHash(`$7$101$${SALT}$${DIGEST64}`)).toMatchObject({ digestName: 'sha512', iterations: 101 });
    expect(parseHash(`$6$${SALT}$${DIGEST64}`)).toMatchObject({ digestName: 'sha512', position: 'suffix' });
  });

  it.each([
    ['', /not a known form/],
    ['tide-pool', /not a known form/],
    ['$1$salt$hash', /crypt\(3\).*not supported/],
    ['$apr1$/2P4AfLi$DmphmYWXXwp/Et96.xGmd1', /htpasswd -m.*not supported/],
    ['$5$rounds=5000$salt$hash', /crypt\(3\).*not supported/],
    ['$y$j9T$salt$hash', /crypt\(3\).*not supported/],
    ['{CRYPT}$5$salt$hash', /crypt\(3\).*not supported/],
    ['$bcrypt-sha256$v=2,t=2b,r=12$salt$digest', /bcrypt over SHA-256 are not supported/],
    ['bcrypt_sha256$$2b$12$x', /bcrypt over SHA-256 are not supported/],
    ['{SHA}LgdsmcG6bN7Y4xhPVNpFz8cNZ5', /\{SHA\} hash is too short/],
    ['{SHA}7Zuno/C1a/vvwI3N/aNWH0OmoXM2BuC8', /\{SHA\} hash has the wrong length/],
    ['{SSHA}LgdsmcG6bN7Y4xhPVNpFz8cNZ5o=', /\{SSHA\} hash has the wrong length/],
    ['{SHA}!', /hash in braces is malformed/],
    ['pbkdf2_sha256$1000$salt', /pbkdf2_ hash of Django is malformed/],
    ['pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAA==', /iterations is out of range/],
    ['$pbkdf2-sha224$1000$AAAA$AAAA', /passlib is malformed/],
    ['pbkdf2:sha256:1000$salt$abcd', /too short/],
    ['scrypt:1000:8:1$salt$00000000000000000000000000000000', /N is not a power of two/],
    ['scrypt:16777216:64:1$salt$00000000000000000000000000000000', /more than 1 GiB/],
    ['sha1$salt$00000000000000000000000000000000', /wrong length/],
    [`$2x$05$${B53}`, /bcrypt hash is malformed/],
    [`$2b$05$${B53.slice(1)}`, /bcrypt hash is malformed/],
    [`$2b$05$${B53}\n`, /bcrypt hash is malformed/],
    [`$2b$03$${B53}`, /bcrypt cost is out of range: expected 4 to 18/],
    [`$2b$31$${B53}`, /bcrypt cost is out of range/],
    [`$argon2x$v=19$m=1024,t=2,p=1$${SALT}$${DIGEST}`, /argon2 hash is malformed: expected \$argon2id/],
    [`$argon2id$v=19$t=2,m=1024,p=1$${SALT}$${DIGEST}`, /argon2 hash is malformed/],
    [`$argon2id$v=19$m=1024,t=2,p=1$${SALT}$`, /argon2 hash is malformed/],
    [`$argon2id$v=19$m=1024,t=2,p=1$${SALT}$AAAA`, /argon2id hash is too short/],
    [`$argon2id$v=19$m=1024,t=2,p=1$AAAA$${DIGEST}`, /argon2id salt is too short/],
    [`$argon2id$v=19$m=1024,t=2,p=1$***********$${DIGEST}`, /argon2id salt is not base64/],
    [`$argon2id$v=19$m=4294967295,t=2,p=1$${SALT}$${DIGEST}`, /argon2id m is out of range/],
    [`$argon2id$v=19$m=1024,t=2,p=200$${SALT}$${DIGEST}`, /argon2id m is out of range: expected 1600/],
    [`$argon2id$v=19$m=1024,t=0,p=1$${SALT}$${DIGEST}`, /argon2id t is out of range/],
    [`$scrypt$ln=0,r=8,p=1$${SALT}$${DIGEST}`, /scrypt ln is out of range/],
    [`$scrypt$ln=24,r=8,p=1$${SALT}$${DIGEST}`, /more than 1 GiB/],
    [`$scrypt$16384$8$1$${SALT}$${DIGEST}`, /scrypt hash is malformed/],
    [`PBKDF2$md5$1000$${SALT}$${DIGEST}`, /PBKDF2 hash is malformed/],
    [`PBKDF2$sha512$0$${SALT}$${DIGEST}`, /PBKDF2 iterations is out of range/],
    [`PBKDF2$sha512$99999999999$${SALT}$${DIGEST}`, /PBKDF2 iterations is out of range/],
    [`PBKDF2$sha512$1000$${SALT}$AAAA`, /PBKDF2 hash is too short/],
    [`$7$101$${SALT}$${DIGEST}`, /mosquitto \$7\$ hash: hash is too short/],
    // openssl passwd -6 -salt abcdefgh tide-pool: the form of /etc/shadow
    [
      '$6$abcdefgh$8.3nlUsc68cy1GLtKMHMHDgL1KSQSDKQQ7SZz4KfRycI/xhyPSaqC0A/On7HMrEZjD8vSItrY011VDza9ysJD1',
      /mosquitto \$6\$ hash: hash is not base64/,
    ],
    [`$6$abcdefgh$${'A'.repeat(86)}`, /crypt\(3\)/],
    ['$6$rounds=5000$salt$hash', /mosquitto \$6\$ hash is malformed.*crypt\(3\)/],
  ])('refuses %j and names the form', (hash, message) => {
    expect(() => parseHash(hash)).toThrow(HashError);
    expect(() => parseHash(hash)).toThrow(message);
  });

  it('never puts a part of the hash into the message', () => {
    const secret = 'SECRETsecretSECRETsecret';
    for (const start of [
      '',
      '$2b$10$',
      '$argon2id$',
      '$scrypt$',
      'PBKDF2$',
      '$7$',
      '$6$',
      '$7$101$',
      `$6$${SALT}$`,
    ]) {
      expect(() => parseHash(start + secret)).not.toThrow(new RegExp(secret));
      expect(() => parseHash(start + secret)).toThrow(HashError);
    }
  });
});
