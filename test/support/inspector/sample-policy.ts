/** The policy of the sample plant, and enough of its JSON Schema for tests of the editor. */

export const samplePolicy = `authenticate:
  methods:
    - users: { file: users.csv }
    - jwt:
        keys: jwks.json
authorize:
  rules:
    - name: admins
      allow: all
      who: { tags: { role: admin } }
      topics: ["admin/#"]
    - name: panels read
      allow: subscribe
      who: { tags: { role: panel } }
      topics: ["plant/#"]
    - name: own topics
      allow: all
      topics: ["plant/\${clientid}/#"]
publish:
  rules:
    - name: readings
      topics: ["plant/+/state"]
      decode: cbor
      encode: json
      set:
        topic: "state/\${clientid}"
`;

const topics = {
  description: 'Topic filters; one of them must match.',
  type: 'array',
  items: { type: 'string' },
};

export const sampleSchema = {
  properties: {
    authorize: {
      description: 'Who may publish and subscribe where.',
      properties: {
        mode: {
          description: 'Whether decisions are made or only logged.',
          enum: ['enforce', 'shadow'],
          default: 'enforce',
        },
        rules: {
          description: 'The first rule that matches decides.',
          type: 'array',
          items: { $ref: '#/$defs/rule' },
        },
      },
    },
  },
  $defs: {
    rule: {
      properties: {
        name: { description: 'Shown in logs and metrics.', type: 'string' },
        allow: { description: 'What the rule allows.', enum: ['publish', 'subscribe', 'all'] },
        topics,
      },
    },
  },
};
