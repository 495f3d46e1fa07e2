/**
 * `@hadal/backend-native`: the processor as a device, through an addon in C++.
 */
export { isAvailable } from './addon';
