/** Entry point for authors of operations and test suites: nodes, their builders, composites and scopes. */

export { type Bindings, evaluate, noBindings } from '../interpret/evaluate';
export { type Signature, signatureOf } from '../plan/signature';
export * from './build';
export * from './composite';
export * from './node';
export { currentScope, withScope } from './state';
export { nodesOf } from './traverse';
