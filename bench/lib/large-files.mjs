/** Large files, as large fleets have them; each version differs a little. */

const BASE64 = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Users with different bcrypt hashes; nobody knows their passwords. */
export function usersOf(count, version) {
  const lines = ['username,hash'];
  for (let i = 0; i < count; i++) lines.push(`device-${i},$2b$10$${digits(i + version)}`);
  return `${lines.join('\n')}\n`;
}

function digits(seed) {
  let text = '';
  for (let i = 0, state = seed + 1; i < 53; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += BASE64[state >>> 26];
  }
  return text;
}

/** A mosquitto acl_file with a section for each user. */
export function aclOf(count, version) {
  const sections = Array.from({ length: count }, (_, i) => `user device-${i}\ntopic fleet/${i}/#\n`);
  return `# version ${version}\n${sections.join('\n')}`;
}

/** A configuration with these files and its own rules. The last one allows the benchmark's calls. */
export function configOf({ port, adminPort, rules, version }) {
  const own = Array.from(
    { length: rules },
    (_, i) =>
      `    - { allow: publish, who: { clientid: "line-${i}" }, topics: ["line/${i}/+", "all/${version}/#"] }`,
  );
  return [
    `listen: { host: 127.0.0.1, port: ${port} }`,
    `admin: { host: 127.0.0.1, port: ${adminPort} }`,
    'log: { level: info, format: json }',
    'events: { stdout: off }',
    'authenticate:',
    '  methods:',
    '    - users: { file: ./users.csv }',
    'authorize:',
    '  rules:',
    ...own,
    '    - { allow: publish, topics: ["plant/#"] }',
    '  sources:',
    '    - mosquitto: ./mosquitto.acl',
    '',
  ].join('\n');
}
