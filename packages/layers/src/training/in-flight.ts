/** How far the host may be ahead of the device. */

/** Steps after which a training loop waits for the device once, so that work in flight stays bounded. */
export const STEPS_IN_FLIGHT = 16;
