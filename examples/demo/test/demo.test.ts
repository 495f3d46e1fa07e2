/** The whole demo on a few images: it learns, saves what it learned, explains it and serves it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAvailable } from '@hadal/backend-native';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask } from '../src/ask';
import { main } from '../src/demo';
import { DEMO_DEFAULTS } from '../src/options';

async function quickRun(options: Partial<typeof DEMO_DEFAULTS> = {}) {
  const out = await mkdtemp(join(tmpdir(), 'hadal-demo-'));
  onTestFinished(() => rm(out, { recursive: true }));
  const lines: string[] = [];
  const run = await main({ ...DEMO_DEFAULTS, images: 640, epochs: 2, out, ...options }, (text) =>
    lines.push(text),
  );
  return { ...run, text: lines.join('\n') };
}

describe('the demo', () => {
  it('goes through every step and says so', async () => {
    const { result, server, text } = await quickRun();
    expect(result.accuracy).toBeGreaterThan(0.5);
    expect(result).toMatchObject({
      backend: (await isAvailable()).ok ? 'native' : 'cpu',
      epochs: 2,
      trainingImages: 640,
      testImages: 640,
      reloadIdentical: true,
    });
    expect(result.imagesPerSecond).toBeGreaterThan(10);
    expect(server).toBeUndefined();
    expect(text).toMatch(/^Device: (native|cpu), computing with /);
    expect(text).toContain('the same to the last bit');
    expect(text).toMatch(/POST http:\/\/127\.0\.0\.1:\d+\/v2\/models\/clothes\/infer/);
    for (const name of ['Trouser', 'Ankle boot', 'precision', 'recall']) expect(text).toContain(name);

    const report = await readFile(result.report, 'utf8');
    expect(report.match(/data:image\/png;base64,/g)?.length).toBeGreaterThanOrEqual(30);
    expect(report).toContain('class="verdict wrong"');
    expect(report).toContain('class="verdict right"');
  }, 120_000);

  it('runs on the device that is asked for, and keeps serving when asked to', async () => {
    const { result, server } = await quickRun({ images: 64, epochs: 1, device: 'cpu', serve: true });
    onTestFinished(() => server?.close());
    expect(result.backend).toBe('cpu');
    const image = { data: new Float32Array(784), shape: [28, 28, 1], dtype: 'float32' } as const;
    const { probabilities } = await ask(server!.url, 'clothes', image);
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  }, 120_000);
});
