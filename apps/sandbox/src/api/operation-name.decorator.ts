import { type CustomDecorator, SetMetadata } from '@nestjs/common';

const OPERATION_NAME = 'sandbox:operation-name';

/** Gives a route the provider's name of the call. */
export function OperationName(name: string): CustomDecorator {
  return SetMetadata(OPERATION_NAME, name);
}

/** The name that a route was given. */
export function operationNameOf(handler: object): string {
  return Reflect.getMetadata(OPERATION_NAME, handler) as string;
}
