/**
 * The order of groups: whoever computes a value runs before whoever reads it, and whoever reads the old value of a
 * variable runs before whoever overwrites it. Where both cannot hold, the update is unsafe and has to be computed aside.
 *
 * Of the groups that could run next, one that takes no more temporary memory than it lets go of goes first: a gradient
 * of weights is computed as soon as it can be, not after the activations that it reads were kept to the end.
 */
import type { Group } from './fuse';

/** Which buffers a group reads the old value of, which it writes, and which it overwrites while it still reads them. */
export interface GroupUses {
  readonly group: Group;
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlySet<number>;
  readonly hazards: ReadonlySet<number>;
  /** Temporary buffers that it reads. */
  readonly holds: ReadonlySet<number>;
}

export interface OrderedGroups {
  readonly groups: readonly Group[];
  /** Buffers that cannot be updated in place. */
  readonly unsafe: ReadonlySet<number>;
}

export function orderGroups(
  uses: readonly GroupUses[],
  updated: ReadonlySet<number>,
  bytesOf: (base: number) => number,
): OrderedGroups {
  const unsafe = new Set<number>();
  const before = new Map(uses.map(({ group }) => [group, new Set(group.before)]));
  for (const writer of uses) {
    for (const base of writer.writes) {
      if (!updated.has(base)) continue;
      if (writer.hazards.has(base)) unsafe.add(base);
      for (const reader of uses) {
        if (reader === writer || !reader.reads.has(base)) continue;
        // A reader of the old value that itself waits for the update can never be served in place.
        if (reader.group.before.has(writer.group)) unsafe.add(base);
        else before.get(writer.group)?.add(reader.group);
      }
    }
  }
  const groups: Group[] = [];
  const left = [...uses].sort((a, b) => a.group.order - b.group.order);
  const waits = new Map(left.map(({ group }) => [group, before.get(group)?.size ?? 0]));
  const readers = new Map<number, number>();
  for (const { holds } of uses) for (const base of holds) readers.set(base, (readers.get(base) ?? 0) + 1);
  const taken = new Set<number>();
  const grows = ({ writes, holds }: GroupUses): boolean => {
    let bytes = 0;
    for (const base of writes) if (!taken.has(base)) bytes += bytesOf(base);
    for (const base of holds) if (readers.get(base) === 1) bytes -= bytesOf(base);
    return bytes > 0;
  };
  while (left.length > 0) {
    const ready = left.filter(({ group }) => waits.get(group) === 0);
    const next = ready.find((use) => !grows(use)) ?? ready[0];
    if (next === undefined) {
      // Updates wait for each other's readers in a circle.
      for (const writer of uses) for (const base of writer.writes) if (updated.has(base)) unsafe.add(base);
      break;
    }
    left.splice(left.indexOf(next), 1);
    groups.push(next.group);
    for (const base of next.writes) taken.add(base);
    for (const base of next.holds) readers.set(base, (readers.get(base) ?? 0) - 1);
    for (const { group } of left) {
      if (before.get(group)?.has(next.group)) waits.set(group, (waits.get(group) ?? 0) - 1);
    }
  }
  return { groups, unsafe };
}
