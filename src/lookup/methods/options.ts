/** The login methods by their keys, in the order in which they are listed: what each takes, and what it is. */
import { Anonymous } from '../anonymous/declaration.ts';
import { Certificate } from '../certificate/declaration.ts';
import { Http } from '../http/declaration.ts';
import { Jwt } from '../jwt/declaration.ts';
import { Users } from '../users/declaration.ts';

export const methodOptions = {
  users: { options: Users, summary: 'Users with password hashes, from a file or written here.' },
  jwt: { options: Jwt, summary: 'JSON Web Tokens.' },
  certificate: { options: Certificate, summary: "The client's TLS certificate, as the broker passes it on." },
  http: { options: Http, summary: "An HTTP service in the form of EMQX's HTTP authenticator." },
  anonymous: { options: Anonymous, summary: 'Clients without a user name.' },
} as const;

export type MethodKind = keyof typeof methodOptions;

export const methodKinds = Object.keys(methodOptions) as readonly MethodKind[];
