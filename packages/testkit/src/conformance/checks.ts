/**
 * The checks of families: what no sample can say, such as results whose shape depends on values.
 */
import { interpreter } from '@hadal/core';
import type { OperationFamily } from '../operations/family';
import type { CaseContext, ConformanceCase } from './case';

const reference = interpreter();

export const checkCases = (
  families: readonly OperationFamily[],
  { device }: CaseContext,
): ConformanceCase[] =>
  families.flatMap(({ checks = [] }) =>
    checks.map(({ operation, name, run }) => ({
      group: operation,
      name,
      run: async () => run(await device(), reference),
    })),
  );
