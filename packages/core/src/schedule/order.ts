/**
 * The order of groups: whoever computes a value runs before whoever reads it, and whoever reads the old value of a
 * variable runs before whoever overwrites it. Where both cannot hold, the update is unsafe and has to be computed aside.
 */
import type { Group } from './fuse';

/** Which buffers a group reads the old value of, which it writes, and which it overwrites while it still reads them. */
export interface GroupUses {
  readonly group: Group;
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlySet<number>;
  readonly hazards: ReadonlySet<number>;
}

export interface OrderedGroups {
  readonly groups: readonly Group[];
  /** Buffers that cannot be updated in place. */
  readonly unsafe: ReadonlySet<number>;
}

export function orderGroups(uses: readonly GroupUses[], updated: ReadonlySet<number>): OrderedGroups {
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
  const done = new Set<Group>();
  const left = [...uses].sort((a, b) => a.group.order - b.group.order).map(({ group }) => group);
  while (left.length > 0) {
    const next = left.findIndex((group) => [...(before.get(group) ?? [])].every((each) => done.has(each)));
    const [group] = next < 0 ? [] : left.splice(next, 1);
    if (group === undefined) {
      // Updates wait for each other's readers in a circle.
      for (const writer of uses) for (const base of writer.writes) if (updated.has(base)) unsafe.add(base);
      break;
    }
    done.add(group);
    groups.push(group);
  }
  return { groups, unsafe };
}
