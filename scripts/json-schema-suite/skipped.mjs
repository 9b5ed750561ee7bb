/** Tests of the suite that are skipped, each with the reason. None of them is required. */

const skipped = [
  {
    part: 'optional',
    file: 'content',
    tests: [
      'an invalid JSON document',
      'an invalid base64 string (% is not a valid character)',
      'a validly-encoded invalid JSON document',
      'an invalid base64 string that is valid JSON',
    ],
    reason: 'contentMediaType and contentEncoding describe, as in all later drafts',
  },
];

/** @returns {string | undefined} */
export function skipReason(part, file, group, test) {
  return skipped.find(
    (each) =>
      each.part === part &&
      each.file === file &&
      (each.group === undefined || each.group === group) &&
      (each.tests === undefined || each.tests.includes(test)),
  )?.reason;
}
