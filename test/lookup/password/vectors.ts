/**
 * Hashes of the throw-away password below, made by other programs: the tests need none of them. The comment above each
 * says how to make it again.
 */
import type { HashFields } from '../../../src/policy/login/password-fields.ts';
import type { HashOptions, ParsedHash } from '../../../src/policy/login/password-hash.ts';

export const PASSWORD = 'tide-pool';

export interface TextVector {
  readonly name: string;
  readonly hash: string;
  readonly kind: ParsedHash['kind'];
  readonly password?: string;
  readonly options?: HashOptions;
}

export const textVectors: readonly TextVector[] = [
  // mosquitto_passwd -c -b FILE roger tide-pool              (mosquitto 2.0.11)
  {
    name: 'mosquitto_passwd, default',
    kind: 'pbkdf2',
    hash: '$7$101$U03AlKEZTL5GLdbY$2vXo3+wCFlon3fpT4Dps4CHZ0u2++zsfk3WUgJiVrs9o5bloBExDRjf6QVdDrrQC1WXjkFofXOhALA65OvNkkQ==',
  },
  // mosquitto_passwd -H sha512-pbkdf2 -I 5000 -c -b FILE roger tide-pool
  {
    name: 'mosquitto_passwd -I 5000',
    kind: 'pbkdf2',
    hash: '$7$5000$m3KivsLLh4680JiE$IFLxaztVdV4lTq89/2Ts3fJVgbUv+Q4q9fWG/V36AFSMDxvMButLwsBHAmilrGKHJ5XsKd4I+37W/M3PWpaVPQ==',
  },
  // mosquitto_passwd -H sha512 -c -b FILE roger tide-pool
  {
    name: 'mosquitto_passwd -H sha512',
    kind: 'salted',
    hash: '$6$9lxI8mhI2BUqHPMo$n4+SPuxEnA4iGuAHSZnRnehpE3ptZAXqvsEZRLC5yoLZUCYTLnIEF8k0DkiekUmnfkhNV3oKYiUtbqaKsD+3Ww==',
  },
  // htpasswd -nbB -C 5 roger tide-pool                       (apache2-utils 2.4)
  {
    name: 'htpasswd -B',
    kind: 'bcrypt',
    hash: '$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty',
  },
  // htpasswd -nbB -C 4 roger pässwörd
  {
    name: 'htpasswd -B, UTF-8',
    kind: 'bcrypt',
    hash: '$2y$04$vW5oVyJNreYspg53mAFY/.5oW8yAROGccN9tGVkGH0zNAkaZ4zwG2',
    password: 'pässwörd',
  },
  // EMQX's own test sample of bcrypt (emqx_authn_password_hashing_SUITE)
  {
    name: 'EMQX bcrypt',
    kind: 'bcrypt',
    hash: '$2b$12$wtY3h20mUjjmeaClpqZVveDWGlHzCGsvuThMlneGHA7wVeFYyns2u',
    password: 'bcrypt',
  },
  // echo -n tide-pool | argon2 saltysalt16bytes -id -t 2 -k 1024 -p 1 -e   (the reference implementation)
  {
    name: 'argon2 -id',
    kind: 'argon2id',
    hash: '$argon2id$v=19$m=1024,t=2,p=1$c2FsdHlzYWx0MTZieXRlcw$557I7XBNtYbBADIE9SYKvpzKVGlUQxIAFvfUAFWdZYc',
  },
  // echo -n tide-pool | argon2 saltysalt16bytes -id -t 2 -k 1024 -p 2 -v 10 -e
  {
    name: 'argon2 -id -v 10, two lanes',
    kind: 'argon2id',
    hash: '$argon2id$v=16$m=1024,t=2,p=2$c2FsdHlzYWx0MTZieXRlcw$Tg3MAlv3++PAogdxlm6fysshvo4sXYoBED+wyocCtZo',
  },
  // python3: hashlib.scrypt(b'tide-pool', salt=bytes(range(16)), n=16, r=8, p=1, dklen=32), base64 unpadded
  {
    name: 'hashlib.scrypt',
    kind: 'scrypt',
    hash: '$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$WR1WhV7lLTjE5goI5L//lyViee6N4+kNt8tp3dlIwZw',
  },
  // the same with n=2**14
  {
    name: 'hashlib.scrypt, 16 MiB',
    kind: 'scrypt',
    hash: '$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$nHyF0BuFoeXsAIt72h/7xUSmDPJTBKsrqQMjvDXHweI',
  },
  // python3: hashlib.pbkdf2_hmac('sha1', b'tide-pool', bytes(range(16)), 1000), base64; likewise below
  {
    name: 'hashlib.pbkdf2_hmac sha1',
    kind: 'pbkdf2',
    hash: 'PBKDF2$sha1$1000$AAECAwQFBgcICQoLDA0ODw==$am8f6zaDEdql99yqOsSRKabJQc4=',
  },
  {
    name: 'hashlib.pbkdf2_hmac sha256',
    kind: 'pbkdf2',
    hash: 'PBKDF2$sha256$1000$AAECAwQFBgcICQoLDA0ODw==$0n1b7DPmVetN1fVAu6hglvN4cOkaz/csEhf+vypOIf0=',
  },
  {
    name: 'hashlib.pbkdf2_hmac sha512',
    kind: 'pbkdf2',
    hash: 'PBKDF2$sha512$1000$AAECAwQFBgcICQoLDA0ODw==$t7NCLHr/i+CIyGinwezahZckcAHy87GT06f88XfBZKwgiJKcKdlIZAB2/bDvOwPMDK8WaWtA+csmVH5JDpOZnA==',
  },
  // hashlib.pbkdf2_hmac('sha256', b'tide-pool', b'AAECAwQFBgcICQoLDA0ODw==', 901, 24): mosquitto-auth-plug
  {
    name: 'mosquitto-auth-plug, salt as text',
    kind: 'pbkdf2',
    hash: 'PBKDF2$sha256$901$AAECAwQFBgcICQoLDA0ODw==$2YxRujBH5wrINJ2rx3FbsZIsynL8N5K1',
    options: { saltEncoding: 'utf-8' },
  },
  // hashlib.pbkdf2_hmac('sha256', b'tide-pool', b'my salt!', 901, 24): a salt that is not base64
  {
    name: 'mosquitto-auth-plug, salt that is no base64',
    kind: 'pbkdf2',
    hash: 'PBKDF2$sha256$901$my salt!$ThE0Yg2KFeUjlGiSDK/ayXAM/RwA3fKY',
    options: { saltEncoding: 'utf-8' },
  },
  // django.contrib.auth.hashers (Django 3.2, salt "saltysalt"; scrypt by hashlib in its form), passlib.hash (passlib 1.7),
  // werkzeug.security (Werkzeug 2.2; scrypt by hashlib in its form), htpasswd -nbs, argon2.PasswordHasher (argon2-cffi)
  {
    name: 'Django PBKDF2PasswordHasher',
    kind: 'pbkdf2',
    hash: 'pbkdf2_sha256$1000$saltysalt$nJvWucu2rsr0KeIbLRt9kzy5dn1LAn/1/TsbTVUzDqA=',
  },
  {
    name: 'Django PBKDF2SHA1PasswordHasher',
    kind: 'pbkdf2',
    hash: 'pbkdf2_sha1$1000$saltysalt$xjYKzw8FAVzvhSFubRG0dzb5ro8=',
  },
  {
    name: 'Django MD5PasswordHasher',
    kind: 'salted',
    hash: 'md5$saltysalt$2d46203c588e9411eb8bafa6cbd64dc6',
  },
  {
    name: 'Django SHA1PasswordHasher',
    kind: 'salted',
    hash: 'sha1$saltysalt$4581752940a01700a0e88334cf997dfd23529897',
  },
  {
    name: 'Django ScryptPasswordHasher',
    kind: 'scrypt',
    hash: 'scrypt$1024$saltysalt$8$1$i1OyQ74OTKDwO+ACl83WU23KrLfIm5gZK/ikQyKIaxOQVp0uGGiAfoofzZzSa8/klHT4r07bhiwDLE/9/LEMMA==',
  },
  {
    name: 'Django Argon2PasswordHasher',
    kind: 'argon2id',
    hash: 'argon2$argon2id$v=19$m=1024,t=2,p=1$c2FsdHlzYWx0$huJwMHPO3dJVN3OkfWs42A',
  },
  {
    name: 'passlib pbkdf2_sha256',
    kind: 'pbkdf2',
    hash: '$pbkdf2-sha256$1000$HqO0Vup9DyHknFMKofQeAw$L0EeGBvdaWEGQvO4dGbRHejS7I1spcVNYhkjmEk0RDs',
  },
  {
    name: 'passlib pbkdf2_sha512',
    kind: 'pbkdf2',
    hash: '$pbkdf2-sha512$1000$DoGQ8l5L6b0XIqQUIoTQOg$DFdUvM2PtsrSVOdM4Aq/LUKMUIVcYEk7cqABIQ3tg07rY9L5eIB3xocMW6wEjbXmGh8uQMHtRX2gEpycHnfOAg',
  },
  {
    name: 'passlib pbkdf2_sha1',
    kind: 'pbkdf2',
    hash: '$pbkdf2$1000$QWgtxXivNcbYW4uxViqlNA$yQ8ABIjus9EIQphN2M/dC4ULVmQ',
  },
  {
    name: 'htpasswd -s, {SHA}',
    kind: 'salted',
    hash: '{SHA}LgdsmcG6bN7Y4xhPVNpFz8cNZ5o=',
  },
  {
    name: '{SSHA}',
    kind: 'salted',
    hash: '{SSHA}7Zuno/C1a/vvwI3N/aNWH0OmoXM2BuC8',
  },
  {
    name: '{SSHA256}',
    kind: 'salted',
    hash: '{SSHA256}ENWZ5cByTEGQTHy6K6LRlULcv4bdrqhsc98Pa4IxMbj0npOSklJq7Q==',
  },
  {
    name: '{SSHA512}',
    kind: 'salted',
    hash: '{SSHA512}qG4zEeKAWiivnksgr6+1qELcxqCyBvXyB0X0d5BsWFTv06B+C/Kkx698LKLXozVpzxrDDfdTJY3QlPHmJAvw2G5t7Z2Tcu69',
  },
  {
    name: '{MD5}',
    kind: 'salted',
    hash: '{MD5}ZOZrpOB/VfnM4bQu/MCPRg==',
  },
  {
    name: '{SMD5}',
    kind: 'salted',
    hash: '{SMD5}P9zTbrgutojQFrG8ycE582Qsxdg=',
  },
  {
    name: 'passlib scrypt',
    kind: 'scrypt',
    hash: '$scrypt$ln=10,r=8,p=1$oZQyplRKCaFUqvX+fy9l7A$u9YR0b7Y39wlo6AWZLddVSvrspaSFRRL6DtMM4riUeM',
  },
  {
    name: 'Django BCryptPasswordHasher',
    kind: 'bcrypt',
    hash: 'bcrypt$$2b$04$CYxa4AgVV9WJZ.JIpInS/OG9dTOvL1tnOgcomVF.CMR0r.3y06Lly',
  },
  {
    name: 'Werkzeug pbkdf2',
    kind: 'pbkdf2',
    hash: 'pbkdf2:sha256:1000$9yfAck0FL48E4FBk$deafeb8afc7d2f458506800f1ad7956c32d645fb9bdcee7ebdb028fe9283a255',
  },
  {
    name: 'Werkzeug scrypt',
    kind: 'scrypt',
    hash: 'scrypt:1024:8:1$saltysalt$8b53b243be0e4ca0f03be00297cdd6536dcaacb7c89b98192bf8a44322886b1390569d2e1868807e8a1fcd9cd26bcfe49474f8af4edb862c032c4ffdfcb10c30',
  },
  {
    name: 'argon2-cffi, argon2i',
    kind: 'argon2id',
    hash: '$argon2i$v=19$m=1024,t=2,p=1$IS/kFuJTgVPhkQqiTHN6zg$xaleYXQSh8s2mC0zqmryAA',
  },
  {
    name: 'argon2-cffi, argon2d',
    kind: 'argon2id',
    hash: '$argon2d$v=19$m=1024,t=2,p=1$4N13Akqdv7gXVNH4HhxsSw$5kAkPmPbZ0lxolr3gBxIGg',
  },
  {
    name: 'Dovecot {BLF-CRYPT}',
    kind: 'bcrypt',
    hash: '{BLF-CRYPT}$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty',
  },
];

export interface FieldsVector {
  readonly name: string;
  readonly fields: HashFields;
  readonly password?: string;
}

export const fieldsVectors: readonly FieldsVector[] = [
  // EMQX's documentation, "Integrate with PostgreSQL"
  {
    name: 'EMQX docs, sha256 suffix',
    password: 'secret',
    fields: {
      algorithm: 'sha256',
      salt_position: 'suffix',
      salt: 'salt',
      hash: 'f84fa2149dbb62ed4e0cf1f550d2949b33a6513d3a7707e08502511c79ccb0ee',
    },
  },
  // EMQX Cloud's documentation, "Redis authentication"
  {
    name: 'EMQX Cloud docs, sha256 suffix',
    password: 'public',
    fields: {
      algorithm: 'sha256',
      salt_position: 'suffix',
      salt: 'slat_foo123',
      hash: '44edc2d57cde8d79c98145003e105b90a14f1460b79186ea9cfe83942fc5abb5',
    },
  },
  // EMQX's own test samples (emqx_authn_password_hashing_SUITE)
  {
    name: 'EMQX md5 suffix',
    password: 'md5',
    fields: {
      algorithm: 'md5',
      salt_position: 'suffix',
      salt: 'salt',
      hash: '9b4d0c43d206d48279e69b9ad7132e22',
    },
  },
  {
    name: 'EMQX sha prefix',
    password: 'sha',
    fields: {
      algorithm: 'sha',
      salt_position: 'prefix',
      salt: 'salt',
      hash: 'c665d4c0a9e5498806b7d9fd0b417d272853660e',
    },
  },
  {
    name: 'EMQX sha256, prefix by default',
    password: 'sha256',
    fields: {
      algorithm: 'sha256',
      salt: 'salt',
      hash: 'ac63a624e7074776d677dd61a003b8c803eb11db004d0ec6ae032a5d7c9c5caf',
    },
  },
  {
    name: 'EMQX sha512 prefix',
    password: 'sha512',
    fields: {
      algorithm: 'sha512',
      salt_position: 'prefix',
      salt: 'salt',
      hash: 'a1509ab67bfacbad020927b5ac9d91e9100a82e33a0ebb01459367ce921c0aa8157aa5652f94bc84fa3babc08283e44887d61c48bcf8ad7bcb3259ee7d0eafcd',
    },
  },
  // python3: hashlib.sha256(b'tide-pool').hexdigest(), with a salt that "disable" ignores
  {
    name: 'sha256 without salt',
    fields: {
      algorithm: 'sha256',
      salt_position: 'disable',
      salt: 'ignored',
      hash: 'e25cb4843c6cc39db9b13f3af54314f327ce77090ee8c74ec47be7ffe1127e96',
    },
  },
  // python3: hashlib.sha1(b'tide-pool' + b'pepper').hexdigest()
  {
    name: 'sha1 suffix',
    fields: {
      algorithm: 'sha1',
      salt_position: 'suffix',
      salt: 'pepper',
      hash: '8a5991f29fd3d2926c75e59ece13c85d99c3fd82',
    },
  },
  // python3: hashlib.pbkdf2_hmac('sha1', b'tide-pool', b'pepper-and-salt', 1000).hex(); likewise below
  {
    name: 'pbkdf2 sha',
    fields: {
      algorithm: 'pbkdf2',
      mac_fun: 'sha',
      iterations: 1000,
      salt: 'pepper-and-salt',
      hash: 'bb468c4dbb5475cf4ab75b649bbd157bbbff2477',
    },
  },
  {
    name: 'pbkdf2 sha512',
    fields: {
      algorithm: 'pbkdf2',
      mac_fun: 'sha512',
      iterations: 1000,
      salt: 'pepper-and-salt',
      hash: '04d59c97511631fe10ca94116a62be2321d7d89bd625efb0de5bc657f6ae5d845f86b0462c4c2de35c2e1847fa6a7196300bdadc46303af7c2a5af21143a6d8a',
    },
  },
  // hashlib.pbkdf2_hmac('sha256', b'tide-pool', b'pepper-and-salt', 1000, 20).hex()
  {
    name: 'pbkdf2 sha256, dk_length 20',
    fields: {
      algorithm: 'pbkdf2',
      mac_fun: 'sha256',
      iterations: 1000,
      dk_length: 20,
      salt: 'pepper-and-salt',
      hash: '6ba101020543d2b5f9c3d93e0cd9d266eacc4015',
    },
  },
];
