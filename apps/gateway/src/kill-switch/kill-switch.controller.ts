import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import {
  killSwitchAnswer,
  type KillSwitchAnswer,
  killSwitchBody,
  type KillSwitchBody,
  killSwitchExample,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, type Principal, RequireScope } from '@tollgate/platform';
import { toActor } from '../steering/operator-actor.policy.ts';
import { TurnKillSwitchHandler } from './turn-kill-switch.handler.ts';

/** While a switch is on no approve starts: for operators. */
@Controller('v1/kill-switch')
export class KillSwitchController {
  constructor(private readonly turnKillSwitch: TurnKillSwitchHandler) {}

  @Get()
  @RequireScope('operations:read')
  @Answers(200, killSwitchAnswer, { description: 'The switches that are on', example: killSwitchExample })
  read(): Promise<KillSwitchAnswer> {
    return this.turnKillSwitch.read();
  }

  @Post('on')
  @HttpCode(200)
  @RequireScope('operator')
  @Answers(200, killSwitchAnswer, { description: 'The switches that are on', example: killSwitchExample })
  @AnswersProblem('MERCHANT_NOT_FOUND', 'MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  on(
    @Body({ schema: killSwitchBody }) body: KillSwitchBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<KillSwitchAnswer> {
    return this.turnKillSwitch.turn('on', body, toActor(body, principal));
  }

  @Post('off')
  @HttpCode(200)
  @RequireScope('operator')
  @Answers(200, killSwitchAnswer, { description: 'The switches that are still on', example: { on: [] } })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  off(
    @Body({ schema: killSwitchBody }) body: KillSwitchBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<KillSwitchAnswer> {
    return this.turnKillSwitch.turn('off', body, toActor(body, principal));
  }
}
