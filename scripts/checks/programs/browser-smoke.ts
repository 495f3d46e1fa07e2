/**
 * Runs in a page: a part of the conformance suite on the device that the page's address asks for. The title becomes
 * `N passed, N failed` when it is over, the body lists what failed.
 */
import { conformanceCases } from '@hadal/testkit';
import { computesOnGpu, openDevice } from './page-device';
import { someOfEveryGroup, someOfEveryKind } from './smoke-cases';

const all = conformanceCases({ device: openDevice });
const failures: string[] = [];
let passed = 0;
for (const { run } of computesOnGpu ? someOfEveryKind(all) : someOfEveryGroup(all)) {
  try {
    await run();
    passed++;
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
}
document.body.textContent = failures.slice(0, 20).join('\n');
document.title = `${passed} passed, ${failures.length} failed`;
