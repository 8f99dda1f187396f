/** Injection token of the address under which browsers know the service's pages. */
export const PUBLIC_URL = Symbol('PUBLIC_URL');
