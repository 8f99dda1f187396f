import { describe, expect, it } from '@jest/globals';

import { parseJavaVersion } from './java.ts';

describe('parseJavaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk version "25-ea" 2025-09-16', 25],
  ])('reads the feature version out of %s', (text, version) => {
    expect(parseJavaVersion(text)).toBe(version);
  });

  it('knows no version in a text without one', () => {
    expect(parseJavaVersion('bash: java: command not found')).toBeUndefined();
  });
});
