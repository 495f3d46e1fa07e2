/**
 * Runs in a page: the conformance suite on the CPU backend. The title becomes `N passed, N failed` when it is over, the
 * body lists what failed.
 */
import { cpu } from '@hadal/backend-cpu';
import { conformanceCases } from '@hadal/testkit';

const failures: string[] = [];
let passed = 0;
for (const { group, name, run } of conformanceCases({ device: () => cpu() })) {
  try {
    await run();
    passed++;
  } catch (error) {
    failures.push(`${group} ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
document.body.textContent = failures.slice(0, 20).join('\n');
document.title = `${passed} passed, ${failures.length} failed`;
