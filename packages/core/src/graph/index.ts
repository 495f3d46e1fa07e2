/** Entry point for authors of operations and test suites: nodes, their builders, composites and scopes. */

export { type Bindings, evaluate, noBindings } from '../interpret/evaluate';
export * from './build';
export * from './composite';
export * from './node';
export * from './scope';
