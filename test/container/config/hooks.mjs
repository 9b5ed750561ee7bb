// A hook that is mounted beside the configuration, and finds the library of the image.
import { defineHook, drop, pass } from 'exhook-edge';

export default defineHook({
  name: 'message.publish',
  decide: ({ message }) => ({ reply: message.topic === 'forbidden' ? drop('not here') : pass() }),
});
