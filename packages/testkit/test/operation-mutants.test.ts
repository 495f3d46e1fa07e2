/**
 * The suite on a backend whose library takes every operation it may: it must pass when the library is right, and fail
 * when any one operation in it is wrong.
 */
import { createDevice } from '@hadal/core/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { LibraryBackend, rebuilt } from '../src/backends/library';
import { conformanceCases } from '../src/index';
import { compositeMutant, type OperationMutant, operationMutants } from '../src/saboteur/operation-mutants';

/** For every operation that the library was asked for, the cases that asked. */
const users = new Map<string, Set<string>>();
const failures: string[] = [];

beforeAll(async () => {
  let current = '';
  const backend = new LibraryBackend((node, operands) => {
    const operation = node.op === 'composite' ? node.attributes.definition.name : node.op;
    users.set(operation, (users.get(operation) ?? new Set()).add(current));
    return rebuilt(node, operands);
  });
  for (const { group, name, run } of conformanceCases({ device: createDevice(backend) })) {
    current = `${group} ${name}`;
    await run().catch((error) => failures.push(String(error)));
  }
}, 600_000);

const PRIMITIVES = ['dot', 'conv', 'gather', 'scatterAdd'];

async function isCaught(mutant: OperationMutant): Promise<boolean> {
  const asked = users.get(mutant.operation) ?? new Set();
  const cases = conformanceCases({
    device: createDevice(new LibraryBackend(mutant.meaning)),
    filter: (group, name) => asked.has(`${group} ${name}`),
  });
  for (const { run } of cases) {
    const isKilled = await run().then(
      () => false,
      () => true,
    );
    if (isKilled) return true;
  }
  return false;
}

describe('on a backend with a library for everything', () => {
  it('the suite passes when nothing is broken', () => {
    expect(failures).toEqual([]);
  });

  it('the library is asked for every primitive and for composites', () => {
    const operations = [...users.keys()];
    expect(operations).toEqual(
      expect.arrayContaining([...PRIMITIVES, 'softmax', 'sparseSoftmaxCrossEntropy', 'maxPool']),
    );
  });

  it('the suite catches every broken primitive', async () => {
    const survivors: string[] = [];
    for (const mutant of operationMutants) {
      if (!(await isCaught(mutant))) survivors.push(mutant.name);
    }
    expect(survivors).toEqual([]);
  }, 600_000);

  it('the suite catches every broken composite', async () => {
    const survivors: string[] = [];
    for (const operation of users.keys()) {
      if (PRIMITIVES.includes(operation)) continue;
      if (!(await isCaught(compositeMutant(operation)))) survivors.push(operation);
    }
    expect(survivors).toEqual([]);
  }, 600_000);
});
