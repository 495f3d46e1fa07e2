/** What is agreed between kernels and whoever calls them. */

/** The name under which every kernel exports its function. */
export const ENTRY = 'run';

/** Arguments are words: the address of every buffer, then the scalars (a float64 has two), then the integers. */
export const WORD_BYTES = 4;

/**
 * Constant parts of addresses up to here go into the instruction. Memory below this address is never used, so a pointer
 * that a guard keeps from being followed cannot wrap around because of its constant part.
 */
export const RESERVED_BYTES = 65536;
