import { Body, Controller, Get, HttpCode, Param, Patch } from '@nestjs/common';
import {
  changePersonBody,
  type ChangePersonBody,
  KnownError,
  peopleAnswer,
  type PeopleAnswer,
  personAnswer,
  type PersonAnswer,
  personExample,
  personId,
  type Principal,
  toActorName,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import { People, type Person } from '../people/people.ts';

/** People and what they may do, for whoever manages them. */
@Controller('people')
export class PeopleController {
  constructor(private readonly people: People) {}

  @Get()
  @RequireScope('people:manage')
  @Answers(200, peopleAnswer, { description: 'Everybody', example: { data: [personExample] } })
  async list(): Promise<PeopleAnswer> {
    return { data: (await this.people.list()).map(toAnswer) };
  }

  @Patch(':personId')
  @HttpCode(200)
  @RequireScope('people:manage')
  @Answers(200, personAnswer, {
    description: 'As the person is now; their sessions have ended',
    example: personExample,
  })
  @AnswersProblem('PERSON_NOT_FOUND', 'LAST_ADMIN', 'VALIDATION_FAILED')
  async change(
    @Param('personId', { schema: personId }) id: string,
    @Body({ schema: changePersonBody }) { role, disabled }: ChangePersonBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PersonAnswer> {
    const actor = toActorName(principal);
    if (disabled !== undefined) {
      await this.people.setDisabled(id, disabled, actor);
    }
    if (role !== undefined) {
      await this.people.changeRole(id, role, actor);
    }
    const person = (await this.people.list()).find((each) => each.personId === id);
    if (person === undefined) {
      throw new KnownError('PERSON_NOT_FOUND');
    }
    return toAnswer(person);
  }
}

function toAnswer(person: Person): PersonAnswer {
  return {
    ...person,
    createdAt: person.createdAt.toISOString(),
    disabledAt: person.disabledAt?.toISOString() ?? null,
  };
}
