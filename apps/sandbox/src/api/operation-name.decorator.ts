import { type CustomDecorator, SetMetadata } from '@nestjs/common';

const OPERATION_NAME = 'sandbox:operation-name';

const names = new Set<string>();

/** Gives a route the provider's name of the call. */
export function OperationName(name: string): CustomDecorator {
  names.add(name);
  return SetMetadata(OPERATION_NAME, name);
}

/** The name that a route was given. */
export function operationNameOf(handler: object): string {
  return Reflect.getMetadata(OPERATION_NAME, handler) as string;
}

/** The names of all routes that were declared, in alphabetical order. */
export function operationNames(): readonly string[] {
  return [...names].toSorted();
}
