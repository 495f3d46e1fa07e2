/**
 * Runs in a page: a part of the conformance suite on the CPU backend, every group of it. The title becomes
 * `N passed, N failed` when it is over, the body lists what failed.
 */
import { cpu } from '@hadal/backend-cpu';
import { conformanceCases } from '@hadal/testkit';

/** The suite runs as a whole in Node; here each group shows that it works in a page. */
const casesPerGroup = 4;

const taken = new Map<string, number>();
const isTaken = (group: string): boolean => {
  const count = (taken.get(group) ?? 0) + 1;
  taken.set(group, count);
  return count <= casesPerGroup;
};

const failures: string[] = [];
let passed = 0;
for (const { group, name, run } of conformanceCases({ device: () => cpu(), filter: isTaken })) {
  try {
    await run();
    passed++;
  } catch (error) {
    failures.push(`${group} ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
document.body.textContent = failures.slice(0, 20).join('\n');
document.title = `${passed} passed, ${failures.length} failed`;
