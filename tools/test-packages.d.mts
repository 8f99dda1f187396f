/** What jest's configuration, which is checked for types, takes from plain JavaScript. */
export function bundleTestPackages(): Promise<Record<string, string>>;
