/** What is loaded with the first operation that needs it, as one module: programs of dense layers do not carry it. */

export { matchConv } from '@hadal/core/products/conv';
export { matchRareCall, rareShader } from './library/rare-calls';
