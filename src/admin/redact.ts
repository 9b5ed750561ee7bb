/** The configuration as it may be shown: references to secrets stay, secrets do not. */

const HIDDEN = '***';

/** Keys whose text is a secret, wherever they stand. */
const secretKey =
  /(password|passwd|passphrase|secret|token|credentials?|authorization|cookie|api_?key|nkey|private_?key)$/i;

/** Mappings whose texts may all be secrets: what is sent to a service with each request. */
const secretMapping = /^(headers|body)$/;

/** Users are many, and are nobody's business here. */
const users = /^list$/;

export function withoutSecrets(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return secretKey.test(key) ? HIDDEN : hideInUrl(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    if (users.test(key)) return `(${value.length} not shown)`;
    return value.map((item) => withoutSecrets(item, key));
  }
  if (isReference(value)) return value;
  const isSecret = secretMapping.test(key);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecret && typeof inner === 'string' ? hideUnlessTemplate(inner) : withoutSecrets(inner, name),
    ]),
  );
}

/** Where a secret comes from is what an operator wants to know. */
function isReference(value: object): boolean {
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && (name === 'env' || name === 'file');
}

function hideUnlessTemplate(text: string): string {
  return /^\$\{[^}]*\}$/.test(text) ? text : HIDDEN;
}

/** `https://user:password@host/?key=secret` -> `https://***@host/?key=***` */
function hideInUrl(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return text
    .replace(/:\/\/[^/?#]*@/, `://${HIDDEN}@`)
    .replace(/([?&][^=&#]*=)(?!\$\{)[^&#]+/g, `$1${HIDDEN}`);
}
