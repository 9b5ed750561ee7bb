/** Names and paths of a configuration in messages. */

const MAX_NAME_LENGTH = 64;

/** A path as people write it, `hooks.register[0].topics`, with the names of a file cut to a length that can be read. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    const name = formatName(String(segment));
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** A name that somebody wrote: cut, and quoted where it could be mistaken for our words. */
export function formatName(name: string): string {
  const cut = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}...` : name;
  return /^[\w$-]+(\.{3})?$/.test(cut) ? cut : JSON.stringify(cut);
}
