import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { toInputJsonSchema } from '../api/json-schema.policy.ts';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { CurrentCall, PrimerOperation } from '../api/primer-operation.decorator.ts';
import { clientSessionValidationError, metadataContainsEmptyKey } from './client-session.errors.ts';
import { clientSessionRequestSchema, clientSessionUpdateSchema } from './client-session.schema.ts';
import { CreateClientSessionHandler } from './create-client-session.handler.ts';
import { GetClientSessionHandler } from './get-client-session.handler.ts';
import { UpdateClientSessionHandler } from './update-client-session.handler.ts';

const TAG = 'Client Session API';

/** Primer's Client Session API. */
@Controller('client-session')
export class ClientSessionController {
  constructor(
    private readonly createClientSession: CreateClientSessionHandler,
    private readonly getClientSession: GetClientSessionHandler,
    private readonly updateClientSession: UpdateClientSessionHandler,
  ) {}

  @Post()
  @PrimerOperation('create_client_session', {
    summary: 'Create a client session',
    tag: TAG,
    refusals: [clientSessionValidationError(), metadataContainsEmptyKey()],
  })
  @ApiBody({ required: false, schema: toInputJsonSchema(clientSessionRequestSchema) })
  @ApiResponse({ status: 200, description: 'The session with its client token' })
  async create(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.createClientSession.handle(call);
  }

  @Get()
  @PrimerOperation('retrieve_client_session', {
    summary: 'Retrieve a client session',
    tag: TAG,
    refusals: [clientSessionValidationError()],
  })
  @ApiQuery({ name: 'clientToken', required: true, schema: { type: 'string' } })
  @ApiResponse({ status: 200, description: 'The session' })
  async get(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.getClientSession.handle(call);
  }

  @Patch()
  @PrimerOperation('update_client_session', {
    summary: 'Update a client session',
    tag: TAG,
    refusals: [clientSessionValidationError(), metadataContainsEmptyKey()],
  })
  @ApiBody({ required: true, schema: toInputJsonSchema(clientSessionUpdateSchema) })
  @ApiResponse({ status: 200, description: 'The session with what was changed' })
  async update(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.updateClientSession.handle(call);
  }
}
