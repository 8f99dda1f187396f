import { Body, Controller, NotFoundException, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { CreateTokenHandler } from './create-token.handler.ts';
import { type TokenMade, tokenMadeSchema, type TokenWish, tokenWishSchema } from './token.schema.ts';

/** Cards turned into tokens, as the browser would do it. Operators only. */
@ApiTags('Sandbox control')
@Controller('_sandbox/tokens')
export class TokensController {
  constructor(private readonly createToken: CreateTokenHandler) {}

  @Post()
  @RequireScope('operator')
  @ApiOperation({ summary: "Play the shopper's browser: tokenise a card for POST /payments" })
  @Answers(201, tokenMadeSchema, {
    description: 'The token, shown this once',
    example: { token: 'heNwnqaeRiqvY1UcslfQc3wxNjEzOTIxNjc4' },
  })
  @AnswersProblem('MALFORMED_JSON', 'NOT_FOUND', 'VALIDATION_FAILED')
  async create(@Body({ schema: tokenWishSchema }) wish: TokenWish): Promise<TokenMade> {
    const made = await this.createToken.handle(wish);
    if (!made) throw new NotFoundException();
    return made;
  }
}
