import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { readServiceSettings } from '../columns/service-settings.ts';

/** The service's tables, made from its entities. */
export function database(schema: string, entities: (new () => object)[]): DynamicModule[] {
  const { databaseUrl: url } = readServiceSettings();
  return [
    TypeOrmModule.forRoot({ type: 'postgres', url, schema, entities, synchronize: true }),
    TypeOrmModule.forFeature(entities),
  ];
}
