/** The plan cache is bounded by bytes and forgets what was used longest ago. */
import { describe, expect, it } from 'vitest';
import { BoundedCache } from '../../src/plan/cache';

const entry = (heldBytes: number) => ({ heldBytes });

describe('a bounded cache', () => {
  it('keeps entries up to its bytes', () => {
    const cache = new BoundedCache(1000);
    for (const key of ['a', 'b', 'c']) cache.set(key, entry(400));
    expect(cache.size).toBe(2);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.get('c')).toBeDefined();
  });

  it('drops the least recently used first', () => {
    const cache = new BoundedCache(1000);
    cache.set('a', entry(400));
    cache.set('b', entry(400));
    cache.get('a');
    cache.set('c', entry(400));
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('a')).toBeDefined();
  });

  it('counts a replaced entry once', () => {
    const cache = new BoundedCache(1000);
    for (let i = 0; i < 10; i++) cache.set('a', entry(400));
    cache.set('b', entry(400));
    expect(cache.size).toBe(2);
  });

  it('keeps the newest entry even when it is over the bound by itself', () => {
    const cache = new BoundedCache(100);
    cache.set('a', entry(500));
    expect(cache.get('a')).toBeDefined();
  });
});
