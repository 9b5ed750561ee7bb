/** Formats names and paths of a configuration for messages. */

const MAX_NAME_LENGTH = 64;

/** Formats a path, `hooks.register[0].topics`, and clips names from the file to a readable length. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    const name = formatName(String(segment));
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** Formats a name from the user: clipped, and quoted where it could be mistaken for our words. */
export function formatName(name: string): string {
  const cut = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}...` : name;
  return /^[\w$-]+(\.{3})?$/.test(cut) ? cut : JSON.stringify(cut);
}
