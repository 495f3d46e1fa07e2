/**
 * Collection under pressure. The JavaScript engine does not see device memory, so nothing tells it to collect the small
 * objects that hold large buffers. When the buffers handed out pass a budget, a full collection is asked for at the
 * next await point; finalizers then return the memory.
 */

/** Lets finalizers of collected objects run: they are separate tasks, so one macrotask has to pass. */
const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

interface VirtualMachine {
  runInNewContext(code: string): unknown;
}

interface Engine {
  setFlagsFromString(flag: string): void;
}

const isFunction = (value: unknown): value is () => void => typeof value === 'function';

let collector: (() => void) | undefined;
let searched = false;

/** Full collections where the runtime offers them (Node, Bun, Deno with --expose-gc); otherwise only a pause. */
export async function collectGarbage(): Promise<void> {
  if (!searched) {
    searched = true;
    collector = findCollector();
  }
  // What the first finalizers let go of is found by a second collection.
  for (let pass = 0; pass < 2; pass++) {
    collector?.();
    await nextTask();
  }
}

function findCollector(): (() => void) | undefined {
  const exposed: unknown = Reflect.get(globalThis, 'gc');
  if (isFunction(exposed)) return exposed;
  const process: unknown = Reflect.get(globalThis, 'process');
  if (typeof process !== 'object' || process === null) return undefined;
  const load: unknown = Reflect.get(process, 'getBuiltinModule');
  if (typeof load !== 'function') return undefined;
  try {
    const v8: Engine = load('node:v8');
    const vm: VirtualMachine = load('node:vm');
    v8.setFlagsFromString('--expose-gc');
    const found = vm.runInNewContext('gc');
    return isFunction(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
