import type { ModuleRef } from '@nestjs/core';

/** Every provider of a token in any module; none is no error, unlike Nest's own answer to the question. */
export function findProviders<T>(modules: ModuleRef, token: symbol): T[] {
  try {
    return modules.get<T>(token, { strict: false, each: true });
  } catch {
    return [];
  }
}
