import { describe, expect, it } from 'vitest';
import { JobQueue, QueueFullError } from '../src/queue';

/** A job that ends when told to. */
function job() {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end: () => end(), run: () => ended };
}

describe('JobQueue', () => {
  it('starts jobs in the order they came', async () => {
    const queue = new JobQueue(1, 10);
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((number) => queue.run(async () => void order.push(number))));
    expect(order).toStrictEqual([1, 2, 3]);
  });

  it('hands results and failures to whoever asked', async () => {
    const queue = new JobQueue(1, 10);
    const [good, bad] = await Promise.allSettled([
      queue.run(async () => 5),
      queue.run(() => Promise.reject(new Error('broken'))),
    ]);
    expect(good).toMatchObject({ value: 5 });
    expect(bad).toMatchObject({ reason: new Error('broken') });
    expect(queue.size).toBe(0);
  });

  it('refuses what has no room to wait', async () => {
    const queue = new JobQueue(1, 0);
    const first = job();
    const running = queue.run(first.run);
    await expect(queue.run(async () => 1)).rejects.toThrow(QueueFullError);
    first.end();
    await running;
    await expect(queue.run(async () => 1)).resolves.toBe(1);
  });

  it('forgets a waiting job that was aborted', async () => {
    const queue = new JobQueue(1, 2);
    const first = job();
    const running = queue.run(first.run);
    const controller = new AbortController();
    const aborted = queue.run(async () => 'ran', controller.signal);
    controller.abort(new Error('gone'));
    await expect(aborted).rejects.toThrow('gone');
    expect(queue.size).toBe(1);
    first.end();
    await running;
    await expect(queue.run(async () => 1, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  it('tells when it is drained', async () => {
    const queue = new JobQueue(2, 2);
    const jobs = [job(), job(), job()];
    const runs = jobs.map(({ run }) => queue.run(run));
    let drained = false;
    const waiting = queue.drained().then(() => {
      drained = true;
    });
    jobs[0]!.end();
    jobs[1]!.end();
    await Promise.all(runs.slice(0, 2));
    expect(drained).toBe(false);
    jobs[2]!.end();
    await Promise.all([...runs, waiting]);
    expect(drained).toBe(true);
  });
});
