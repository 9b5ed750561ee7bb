/**
 * What the inspector's page costs its own main thread while calls come as fast as the stream sends them.
 *
 *     npm run bench:page [-- SECONDS]
 *
 * Targets: at most 10 ms of main thread a frame, no task over 50 ms. Chromium draws in software here, which is not counted.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const seconds = Number(process.argv[2] ?? 20);
/** As the server: batches a second, and rows of each. */
const BATCHES = 20;
const ROWS = 200;

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = `${root}node_modules/.bench`;

/** The fake inspector of the tests is TypeScript. From there, the root is two folders up, as in test/support/. */
async function loadSupport() {
  mkdirSync(directory, { recursive: true });
  const outfile = `${directory}/inspector-page.mjs`;
  const contents = ['browser', 'fake-inspector', 'sample-calls']
    .map((name) => `export * from './test/support/inspector/${name}.ts';`)
    .join('\n');
  const stdin = { contents, resolveDir: root, loader: 'ts' };
  await build({ stdin, bundle: true, format: 'esm', platform: 'node', packages: 'external', outfile });
  return await import(pathToFileURL(outfile).href);
}

/** Counts frames and tasks over 50 ms from now on. */
const watch = `(() => {
  const seen = { frames: 0, tasks: [] };
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  const count = () => { seen.frames++; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  globalThis.seen = seen;
})()`;

async function readMetrics(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function push(server, sampleCall) {
  let index = 0;
  const start = performance.now();
  for (let batch = 0; batch < seconds * BATCHES; batch++) {
    server.push(Array.from({ length: ROWS }, () => sampleCall(index++)));
    await pause(Math.max(0, start + (batch + 1) * (1000 / BATCHES) - performance.now()));
  }
  return index;
}

const { launchBrowser, look, FakeInspector, sampleCall } = await loadSupport();
const browser = await launchBrowser();
const server = new FakeInspector();
try {
  const { page } = await look(browser, await server.open());
  await page.getByRole('heading', { name: 'No call yet' }).waitFor();
  const session = await page.context().newCDPSession(page);
  // CPU of the thread: on a busy machine it waits for others, too.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(watch);
  const before = await readMetrics(session);
  const calls = await push(server, sampleCall);
  const after = await readMetrics(session);
  const { frames, tasks } = await page.evaluate('seen');
  const spent = (name) => ((after[name] - before[name]) * 1000) / frames;
  const perFrame = spent('TaskDuration');
  const parts = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'].map(
    (name) => `${name.replace('Duration', '').toLowerCase()} ${spent(name).toFixed(2)}`,
  );
  const longest = Math.max(0, ...tasks);
  const heap = (value) => `${(value / 2 ** 20).toFixed(1)} MiB`;
  process.stdout.write(
    [
      `${calls} calls in ${seconds} s, ${(frames / seconds).toFixed(1)} frames/s`,
      `main thread: ${perFrame.toFixed(2)} ms a frame (target 10): ${parts.join(', ')}`,
      `tasks over 50 ms: ${tasks.length}, longest ${longest.toFixed(0)} ms (target: none)`,
      `JavaScript heap: ${heap(before.JSHeapUsedSize)} before, ${heap(after.JSHeapUsedSize)} after`,
      '',
    ].join('\n'),
  );
  const isMet = perFrame <= 10 && tasks.length === 0;
  process.stdout.write(isMet ? 'Targets are met.\n' : 'Targets are missed.\n');
  process.exitCode = isMet ? 0 : 1;
} finally {
  await browser.close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
}
