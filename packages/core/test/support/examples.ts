/**
 * Runs the examples of docstrings and compares what they show with what they give.
 *
 * A line `expression; // value` is checked when the comment reads as a value: a number, string, array, or typed array
 * such as `Float32Array [0.09, 0.24]`. Numbers agree to the digits that are shown.
 */
import { readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';

export interface Example {
  readonly name: string;
  readonly lines: readonly string[];
}

/** All examples of a source file, named by what the docstring documents. */
export function examplesOf(path: URL): Example[] {
  const source = readFileSync(path, 'utf8');
  const found: Example[] = [];
  for (const match of source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*?@example\n([\s\S]*?))\*\/\s*([^\n]*)/g)) {
    const lines = (match[2] ?? '').split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
    const declaration = match[3] ?? '';
    const name =
      /(?:function|const|class|async|static)\s+(\w+)/.exec(declaration)?.[1] ??
      /\w+/.exec(declaration)?.[0] ??
      '';
    found.push({ name, lines: lines.filter((line) => line.trim() !== '') });
  }
  return found;
}

export interface Shown {
  readonly code: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;

/** Runs an example with `scope` as its global names; gives every value it shows beside the actual one. */
export async function run(example: Example, scope: Readonly<Record<string, unknown>>): Promise<Shown[]> {
  const shown: Shown[] = [];
  const body = example.lines.map((line) => {
    const [, code, comment] = /^(.*?);\s*\/\/ (.*)$/.exec(line) ?? [];
    if (code === undefined || comment === undefined || code.startsWith('const ')) return line;
    const expected = parse(comment);
    return expected === undefined
      ? line
      : `show(${JSON.stringify(code)}, ${JSON.stringify(expected.value)}, ${code});`;
  });
  const { code } = transformSync(body.join('\n'), { loader: 'ts', target: 'es2022' });
  const names = Object.keys(scope);
  const show = (code: string, expected: unknown, actual: unknown): void => {
    shown.push({ code, expected, actual: plain(actual) });
  };
  // A block of its own: examples may give names to things that are in scope.
  await new AsyncFunction('show', ...names, `{ ${code} }`)(show, ...names.map((name) => scope[name]));
  return shown;
}

/** The value a comment shows, possibly followed by an explanation. */
function parse(comment: string): { readonly value: unknown } | undefined {
  const text = comment.replace(/^\w+Array (?=\[)/, '').replaceAll("'", '"');
  for (let end = text.length; end > 0; end = text.lastIndexOf(',', end - 1)) {
    try {
      return { value: JSON.parse(text.slice(0, end)) };
    } catch {
      // Not a value up to here: an explanation may follow it after a comma.
    }
  }
  return undefined;
}

const plain = (value: unknown): unknown =>
  value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array
    ? Array.from(value)
    : value;

/** Whether numbers agree to the digits that are shown, and everything else exactly. */
export function agree(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(expected - actual) <= 6e-5 * Math.max(1, Math.abs(expected));
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return expected.length === actual.length && expected.every((value, i) => agree(value, actual[i]));
  }
  return Object.is(expected, actual);
}
