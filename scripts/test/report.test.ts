import { describe, expect, it } from 'vitest';
import { operationRows, operationTable } from '../checks/operation-table.mjs';
import { fact, Skip, skippedTests, summary } from '../checks/report.mjs';
import { installedPackages, typescriptBlocks } from '../lib/markdown.mjs';

describe('the summary of npm test', () => {
  it('ends in the totals of unit tests and checks together', () => {
    const results = [
      { name: 'a', status: 'passed' as const },
      { name: 'b', status: 'failed' as const, detail: 'because' },
    ];
    const text = summary(results, { passed: 10, failed: 2, skipped: [] });
    expect(text.split('\n').at(-1)).toBe('11 passed, 3 failed');
  });

  it('names what was skipped, and why', () => {
    const text = summary([{ name: 'Bun', status: 'skipped', detail: 'npm could not install it' }], {
      passed: 1,
      failed: 0,
      skipped: [],
    });
    expect(text).toContain('skipped: 1\n  Bun: npm could not install it\n1 passed, 0 failed');
  });
});

describe('a fact', () => {
  it('holds when its body returns, with the figure it returns', async () => {
    expect(await fact('size', async () => '12 KB')).toEqual({
      name: 'size',
      status: 'passed',
      detail: '12 KB',
    });
  });

  it('fails with the message of what its body throws', async () => {
    const broken = fact('size', () => Promise.reject(new Error('too large')));
    expect(await broken).toEqual({ name: 'size', status: 'failed', detail: 'too large' });
  });

  it('is skipped, with the reason, when it cannot be looked at', async () => {
    const unseen = fact('page', () => Promise.reject(new Skip('no browser')));
    expect(await unseen).toEqual({ name: 'page', status: 'skipped', detail: 'no browser' });
  });
});

describe('programs in Markdown', () => {
  const page =
    'Text\n\n```sh\nnpm install @hadal/core @hadal/layers\n```\n\n```ts\nconst a = 1;\n```\n\n```ts\na;\n```\n';

  it('are its ts blocks, in order', () => {
    expect(typescriptBlocks(page)).toEqual(['const a = 1;\n', 'a;\n']);
  });

  it('name their packages in the install command', () => {
    expect(installedPackages(page)).toEqual(['@hadal/core', '@hadal/layers']);
  });
});

describe('the table of operations', () => {
  const file = (name: string, ...cases: readonly [string, string][]) => ({
    name: `/x/packages/${name}.test.ts`,
    assertionResults: cases.map(([title, status]) => ({ title, status, fullName: `group ${title}` })),
  });
  const files = [
    file('testkit/test/errors', ['exp of a list', 'passed'], ['roll axis 3', 'passed']),
    file('testkit/test/goldens', ['exp', 'passed'], ['exp special', 'failed']),
    file('backend-cpu/test/conformance', ['roll: of [3]', 'passed'], ['node and: x', 'passed']),
    file('data/test/csv', ['reads', 'skipped']),
  ];

  it('counts the cases of every operation by kind', () => {
    const rows = operationRows(files);
    expect([...rows.keys()]).toEqual(['exp', 'roll']);
    expect(rows.get('exp')).toMatchObject({ total: 3, passed: 2 });
    expect(rows.get('roll')?.cases).toEqual(
      new Map([
        ['errors', 1],
        ['cpu', 1],
      ]),
    );
    expect(operationTable(files).split('\n').at(-1)).toMatch(/2 in all +2 +0 +1 +0 +0 +0 +0 +0 +2 +5 +4$/);
  });

  it('stands beside the names of tests that did not run', () => {
    expect(skippedTests(files)).toEqual(['packages/data/test/csv.test.ts: group reads']);
  });
});
