/**
 * Runs the conformance suite on the backend, without any test runner: `tsx src/conformance.ts`.
 */
import { createDevice } from '@hadal/core/backend';
import { conformanceCases } from '@hadal/testkit';
import { PrintingBackend } from './index';

let passed = 0;
let failed = 0;
for (const { run } of conformanceCases({ device: () => createDevice(new PrintingBackend()) })) {
  try {
    await run();
    passed++;
  } catch (error) {
    failed++;
    console.error(error instanceof Error ? error.message : error);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
