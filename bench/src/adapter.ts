/**
 * The adapter of WebGPU on which Hadal and the peers compute: a GPU where Vulkan finds one, else SwiftShader, which
 * computes on the processor. It is chosen by the environment, so that all contestants have the same.
 */
import { spawnSync } from 'node:child_process';
import { swiftShaderEnvironment } from '../../scripts/lib/swiftshader.mjs';
import { builtProgram } from './built';

export interface Adapter {
  /** What it calls itself. */
  readonly name: string;
  /** Environment in which contestants find it. */
  readonly env: Readonly<Record<string, string>>;
}

let chosen: Adapter | string | undefined;

/** The adapter of this run, or why there is none. */
export function adapterOfRun(): Adapter | string {
  chosen ??= findAdapter();
  return chosen;
}

/** The first environment in which there is an adapter, or why there is none in any of them. */
function findAdapter(): Adapter | string {
  const program = builtProgram('hadal/adapter');
  const software = swiftShaderEnvironment();
  const environments = process.env.HADAL_VULKAN_ICD === undefined ? [{}, software] : [software];
  let reason = '';
  for (const env of environments) {
    const { stdout, stderr } = spawnSync(process.execPath, [program], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    const found = answerOf(stdout);
    if (typeof found?.name === 'string') return { name: found.name, env };
    reason = typeof found?.reason === 'string' ? found.reason : stderr.trim();
  }
  return reason;
}

function answerOf(output: string): { readonly name?: unknown; readonly reason?: unknown } | undefined {
  const line = output.split('\n').find((each) => each.startsWith('{'));
  return line === undefined ? undefined : JSON.parse(line);
}
