import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import { type CommandRow, toCommand, toCommandRow } from './command.store.ts';
import type { Command, CommandKey, HoldVerdict } from './command.types.ts';
import { findVerdicts, insertVerdicts, lockCommands, releaseHeldCommands } from './sql/command-verdicts.sql.ts';

/** A last word as it was heard, whether its command is here yet or not. */
export interface HeardVerdict extends CommandKey, HoldVerdict {
  readonly approvalId: string;
  readonly holdDigest: string;
}

interface VerdictRow {
  merchant_id: string;
  command_id: string;
  hold_digest: string;
  verdict: HoldVerdict['verdict'];
  approval_id: string;
  actor: string;
  at: Date;
}

/** The table `command_verdict`, and the commands that wait for what is in it. */
@Injectable()
export class CommandVerdictRepository {
  async insert(tx: Transaction, heard: readonly HeardVerdict[]): Promise<void> {
    const rows = heard.map(({ merchantId, commandId, holdDigest, verdict, approvalId, actor, at }) => ({
      merchant_id: merchantId,
      command_id: commandId,
      hold_digest: holdDigest,
      verdict,
      approval_id: approvalId,
      actor,
      at,
    }));
    await tx.query(insertVerdicts, [JSON.stringify(rows)]);
  }

  /** Locks those of these commands that are held and about which the last word has been said. */
  async lockJudged(
    tx: Transaction,
    keys: readonly CommandKey[],
  ): Promise<Array<{ readonly command: Command; readonly verdict: HoldVerdict }>> {
    const columns = [keys.map(({ merchantId }) => merchantId), keys.map(({ commandId }) => commandId)];
    const held = (await tx.query<CommandRow>(lockCommands, columns)).filter(({ state }) => state === 'HELD');
    if (held.length === 0) {
      return [];
    }
    const said = await tx.query<VerdictRow>(findVerdicts, columns);
    return held.map(toCommand).flatMap((command) => {
      const word = said.find((one) => isAbout(one, command));
      return word === undefined ? [] : [{ command, verdict: toVerdict(word) }];
    });
  }

  async release(tx: Transaction, commands: readonly Command[]): Promise<void> {
    await tx.query(releaseHeldCommands, [JSON.stringify(commands.map(toCommandRow))]);
  }
}

/** A word about other amounts is about another command. */
function isAbout(word: VerdictRow, { merchantId, commandId, hold }: Command): boolean {
  return word.merchant_id === merchantId && word.command_id === commandId && word.hold_digest === hold?.digest;
}

function toVerdict({ verdict, approval_id: approvalId, actor, at }: VerdictRow): HoldVerdict {
  return { verdict, approvalId, actor, at: at.toISOString() };
}
