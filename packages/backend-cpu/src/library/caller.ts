/** Makes the calls that a library call consists of at once, in the host's thread. */
import type { Caller, LibraryExecutable } from './executable';
import type { Machine } from './machine';

/** A call as the calls of functions that it consists of. */
export type RecordedCall = NonNullable<LibraryExecutable['record']>;

/** An executable that makes its calls at once, or writes them down for threads. */
export function recorded(name: string, record: RecordedCall, machine: Machine): LibraryExecutable {
  const caller: Caller = {
    call: (target, ...values) => {
      target(...values);
    },
    numbers: (values, scratch) => {
      machine.integers.set(values, scratch >>> 2);
      return scratch;
    },
    deal: (target, tasks, workspace) => {
      for (const words of tasks) target(caller.numbers(words, workspace), workspace);
    },
  };
  return {
    name,
    record,
    run: (addresses, _scalars, integers) => record(caller, addresses, integers),
  };
}
