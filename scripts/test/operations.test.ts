/**
 * Every public operation is documented once, and the support page says what backends do.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpu } from '@hadal/backend-cpu';
import * as core from '@hadal/core';
import { FAMILIES, operationOf } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { documentedNames, operationTopics, transformTopic } from '../lib/operation-tables.mjs';
import { root } from '../lib/workspace.mjs';
import { supportOf } from '../support/classify';
import { supportedOperations } from '../support/operations';
import { BACKENDS, cellOf, readSupportPage } from '../support/page';

const [INTERPRETER, CPU] = [BACKENDS.indexOf('interpreter'), BACKENDS.indexOf('cpu')];

const exported: Readonly<Record<string, unknown>> = { ...core };
const documented = [...operationTopics(), transformTopic()].flatMap(({ names }) => names);

describe('the tables of operations', () => {
  it('have every operation of the catalogue', () => {
    const known = FAMILIES.flatMap(({ samples, goldens, errors, checks = [] }) => [
      ...[...samples, ...errors, ...checks].map(({ operation }) => operation),
      ...Object.keys(goldens).map(operationOf),
    ]);
    expect([...new Set(known)].filter((name) => !documented.includes(name))).toEqual([]);
  });

  it('have the other names of operations', () => {
    const values = new Set(documented.map((name) => exported[name]));
    const names = Object.keys(exported).filter((name) => values.has(exported[name]));
    expect(names.filter((name) => !documented.includes(name))).toEqual([]);
  });

  it('have only what is exported, and nothing twice', () => {
    expect(documented.filter((name) => typeof exported[name] !== 'function')).toEqual([]);
    expect(documented.filter((name, place) => documented.indexOf(name) !== place)).toEqual([]);
  });

  it('are read by their first column', () => {
    const page = '| function | it |\n|---|---|\n| `a`, `b` | `c` |\n\n| other |\n|---|\n| `d` |\n';
    expect(documentedNames(page)).toEqual(['a', 'b']);
  });
});

describe('the support page', () => {
  const page = readSupportPage(readFileSync(join(root, 'docs', 'support.md'), 'utf8'));
  const operations = supportedOperations().flatMap(({ names }) => names);

  it('lists the operations that there are (else: node scripts/support-page.mjs)', () => {
    expect([...page.keys()]).toEqual(operations);
  });

  it.each(['float32', 'int32'] as const)(
    'says what the cpu backend does with %s',
    async (dtype) => {
      const devices = [core.interpreter(), await cpu()] as const;
      const differences: string[] = [];
      for (const name of operations) {
        const found = cellOf(await supportOf(devices, name, dtype));
        const told = page.get(name)?.get(dtype) ?? '';
        const wanted = told.length > 1 ? `${told[INTERPRETER]}${told[CPU]}` : told;
        if (found !== wanted) differences.push(`${name}: ${found}, the page says ${wanted}`);
        if (found.includes('a')) differences.push(`${name} is refused`);
      }
      expect(differences).toEqual([]);
    },
    120_000,
  );
});
