import { Injectable } from '@nestjs/common';
import { DueBell } from '../calls/due-bell.service.ts';
import { Leases } from '../calls/leases.service.ts';
import type { Command } from './command.types.ts';

/** The leases of commands that this process carries out. */
@Injectable()
export class CommandLeases extends Leases<Command> {}

/** Tells when the next command is due. A bell of their own: commands wake no attempt, nor the other way round. */
@Injectable()
export class CommandBell extends DueBell {}
