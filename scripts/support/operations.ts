/** Which operations the support page lists, and where. */
import { operationTopics } from '../lib/operation-tables.mjs';

/** Functions that give numbers or shapes on the host, and no tensor. */
const ON_THE_HOST: ReadonlySet<string> = new Set(['broadcastShapes', 'permutation']);

/** The topics of docs/operations with their operations. */
export const supportedOperations = () =>
  operationTopics()
    .map((topic) => ({ ...topic, names: topic.names.filter((name) => !ON_THE_HOST.has(name)) }))
    .filter(({ names }) => names.length > 0);
