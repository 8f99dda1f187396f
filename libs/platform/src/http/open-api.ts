import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { problemDetails } from '@tollgate/contracts';
import { z } from 'zod';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

export interface OpenApiOptions {
  readonly title: string;
  readonly version?: string;
  readonly description?: string;
}

/**
 * The OpenAPI 3.1 document of an application, from its decorators and zod schemas. What a schema cannot say in JSON
 * Schema (a transform, a bigint) is left open rather than refused.
 */
export function toOpenApiDocument(
  app: INestApplication,
  { title, version, description }: OpenApiOptions,
): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setDescription(description ?? '')
    .setVersion(version ?? '1')
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? toComponents(schema, schemaType) : undefined,
  });
  // Every problem answer refers to it by name.
  const { components } = toComponents(problemDetails, 'output');
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...components } };
  return document;
}

/** A schema with an `id` is a component of that name, wherever it appears. */
function toComponents(schema: z.ZodType, io: 'input' | 'output') {
  const options = { io, target: 'draft-2020-12', unrepresentable: 'any' } as const;
  const { $schema: _dialect, $defs: components = {}, ...jsonSchema } = z.toJSONSchema(schema, options);
  // Two packages' types of one standard: OpenAPI 3.1 schemas are JSON Schema 2020-12.
  return { schema: jsonSchema, components: components as Schemas };
}

/** Serves the document at `/openapi.json` and its page at `/docs`; it is made when it is first asked for. */
export function serveOpenApi(app: INestApplication, options: OpenApiOptions): void {
  SwaggerModule.setup('docs', app, () => toOpenApiDocument(app, options), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
  });
}
