/**
 * What a picture of a plan shows, before it is known where: rows in the order in which they run, and the values that
 * each reads and writes.
 */
import type { Program } from '../device/program';
import type { ControlSection, Executable, PassedValue, Passing } from '../plan/executable';
import { detailOf } from '../plan/explain';
import { type BaseBuffer, bytesOf } from '../schedule/placement';
import type { Schedule, Step } from '../schedule/schedule';
import { formatShape } from '../shape/shape';
import { formatBytes, oneLine } from './format';

export type RowKind = 'kernel' | 'library' | 'copy' | 'control' | 'part' | 'operation';

/** A value at the edge of a row. */
export interface Port {
  /** Equal for the same value within one block. */
  readonly value: string;
  readonly label: string;
  /** Comes from outside, goes outside, or passes between rows. */
  readonly place: 'input' | 'output' | 'between';
}

export interface Row {
  readonly kind: RowKind;
  readonly name: string;
  /** The layer it belongs to, or ''. */
  readonly scope: string;
  readonly detail: string;
  readonly reads: readonly Port[];
  readonly writes: readonly Port[];
  /** What control flow repeats or chooses. */
  readonly bodies: readonly Block[];
}

/** Rows that share values. */
export interface Block {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** How leaves and outputs of a block are called. */
interface Names {
  leaf(index: number): string;
  output(index: number): string;
}

const PROGRAM_NAMES: Names = {
  leaf: (index) => `input ${index}`,
  output: (index) => `output ${index}`,
};

const BODY_NAMES: Names = {
  leaf: (index) => `body input ${index}`,
  output: (index) => `body result ${index}`,
};

/** The rows of a program; those of the interpreter are its operations, of which it does not say who reads what. */
export function rowsOfProgram({ plan, dispatches }: Program): readonly Row[] {
  if (plan !== undefined) return rowsOf(plan, PROGRAM_NAMES);
  return dispatches.map(({ name }): Row => {
    return { kind: 'operation', name, scope: '', detail: '', reads: [], writes: [], bodies: [] };
  });
}

function rowsOf({ sections, passing }: Executable, names: Names): readonly Row[] {
  return sections.flatMap((section, index): readonly Row[] => {
    const passed = passing?.[index];
    if (!('steps' in section)) return [controlRow(section, passed, names)];
    return passed === undefined ? stepRows(section, names) : [partRow(section, passed, names)];
  });
}

const partRow = (schedule: Schedule, { reads, writes }: Passing, names: Names): Row => ({
  kind: 'part',
  name: 'part',
  scope: '',
  detail: '',
  // What comes from outside is drawn at the steps inside.
  reads: reads.filter(({ kind }) => kind === 'temporary').map((value) => passedPort(value, names)),
  writes: writes.filter(({ kind }) => kind === 'temporary').map((value) => passedPort(value, names)),
  bodies: [
    {
      title: '',
      rows: stepRows(schedule, {
        leaf: (index) => passedName(reads[index], names),
        output: (index) => passedName(writes[index], names),
      }),
    },
  ],
});

const controlRow = ({ title, bodies }: ControlSection, passed: Passing | undefined, names: Names): Row => ({
  kind: 'control',
  name: oneLine(title),
  scope: '',
  detail: '',
  reads: distinct((passed?.reads ?? []).map((value) => passedPort(value, names))),
  writes: distinct((passed?.writes ?? []).map((value) => passedPort(value, names))),
  bodies: bodies.map((body) => ({ title: body.title, rows: rowsOf(body.executable, BODY_NAMES) })),
});

function passedPort(value: PassedValue, names: Names): Port {
  const name = passedName(value, names);
  const places = { leaf: 'input', target: 'output', temporary: 'between' } as const;
  return {
    value: name,
    label: `${name} ${formatShape(value.shape)} ${formatBytes(value.bytes)}`,
    place: places[value.kind],
  };
}

function passedName(value: PassedValue | undefined, names: Names): string {
  if (value === undefined) return 'value';
  if (value.kind === 'temporary') return `v${value.index}`;
  return value.kind === 'leaf' ? names.leaf(value.index) : names.output(value.index);
}

function stepRows({ steps, bases }: Schedule, names: Names): readonly Row[] {
  const read = new Set(steps.flatMap((step) => basesOf(step).reads));
  return steps.map((step): Row => {
    const { reads, writes } = basesOf(step);
    const [name = '', ...scope] = step.name.split(' in ');
    const port = (base: number, written: boolean): Port[] => {
      const buffer = bases[base];
      return buffer === undefined ? [] : portsOf(base, buffer, names, written, read.has(base));
    };
    return {
      kind: step.kind,
      name,
      scope: scope.join(' in '),
      detail: detailOf(step),
      reads: distinct(reads.flatMap((base) => port(base, false))),
      writes: distinct(writes.flatMap((base) => port(base, true))),
      bodies: [],
    };
  });
}

/** An output that later steps read passes between rows as well. */
function portsOf(base: number, buffer: BaseBuffer, names: Names, written: boolean, isRead: boolean): Port[] {
  const size = `${buffer.storage}${formatShape(buffer.shape)} ${formatBytes(bytesOf(buffer))}`;
  const between = (name: string): Port => ({ value: name, label: `${name} ${size}`, place: 'between' });
  switch (buffer.kind) {
    case 'temporary':
      return [between(`t${base}`)];
    case 'leaf': {
      const name = names.leaf(buffer.index);
      return [
        written
          ? { value: name, label: `updates ${name}`, place: 'output' }
          : { value: name, label: `${name} ${size}`, place: 'input' },
      ];
    }
    case 'output': {
      const name = names.output(buffer.index);
      if (!written) return [between(name)];
      return [{ value: name, label: `${name} ${size}`, place: 'output' }, ...(isRead ? [between(name)] : [])];
    }
  }
}

function basesOf(step: Step): { readonly reads: readonly number[]; readonly writes: readonly number[] } {
  switch (step.kind) {
    case 'kernel': {
      const { bases, kernel } = step.lowered;
      const accessed = (access: 'read' | 'write'): number[] =>
        bases.filter((_, index) => {
          const own = kernel.buffers[index]?.access;
          return own === access || own === 'update';
        });
      return { reads: accessed('read'), writes: accessed('write') };
    }
    case 'library': {
      const bases = step.ranges.map(({ base }) => base);
      const inputs = step.node.inputs.length + step.call.epilogue.sideInputs.length;
      return { reads: bases.slice(0, inputs), writes: bases.slice(inputs) };
    }
    case 'copy':
      return { reads: [step.from.base], writes: [step.to.base] };
  }
}

function distinct(ports: readonly Port[]): Port[] {
  const seen = new Set<string>();
  return ports.filter(({ value, place }) => {
    const key = `${place} ${value}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
