import { describe, expect, it } from 'vitest';
import { compileSelection } from '../../src/events/select.ts';

const payload = new Uint8Array([1]);
const data = {
  message: { topic: 't', from: 'c', payload, headers: { username: 'u', protocol: 'mqtt' } },
  props: [{ name: 'a', value: 'b' }],
};

describe('a selection', () => {
  it('is undefined when all of the data is wanted', () => {
    expect(compileSelection({})).toBeUndefined();
  });

  it.each<[string[], object]>([
    [['message.topic'], { message: { topic: 't' } }],
    [['message.topic', 'message.headers.username'], { message: { topic: 't', headers: { username: 'u' } } }],
    [['props', 'message.payload'], { props: data.props, message: { payload } }],
    [['message.headers', 'message.headers.username'], { message: { headers: data.message.headers } }],
    [['message.nothing', 'nothing', 'props.0'], { message: {}, props: data.props }],
    [['message.topic.length'], { message: { topic: 't' } }],
    [['toString', 'constructor.name'], {}],
  ])('keeps only %j', (pick, picked) => {
    expect(compileSelection({ pick })?.(data)).toEqual(picked);
  });

  it.each<[string[], object]>([
    [['message.payload'], { ...data, message: { ...data.message, payload: undefined } }],
    [['message'], { props: data.props }],
    [['message', 'message.topic'], { props: data.props }],
    [['message.headers.username', 'props'], { message: { ...data.message, headers: { protocol: 'mqtt' } } }],
    [['nothing', 'props.name', 'message.topic.x'], data],
  ])('leaves out %j', (drop, left) => {
    expect(compileSelection({ drop })?.(data)).toEqual(left);
  });

  it('does not change the data of the hook', () => {
    const before = structuredClone(data);
    compileSelection({ drop: ['message.payload'] })?.(data);
    compileSelection({ pick: ['message.payload'] })?.(data);
    expect(data).toEqual(before);
  });
});
