import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@tollgate/persistence';
import { type CommandRow, toCommand, toCommandRow } from './command.store.ts';
import type { Command, CommandKey } from './command.types.ts';
import { countEarlierInHour } from './sql/command-verdicts.sql.ts';
import { advanceCommands, holdCommands, lockDueCommands, renewCommandLeases } from './sql/lease-commands.sql.ts';
import {
  countOpenCommands,
  findCommandOfAnybody,
  findCommands,
  lockCommand,
  lockIntake,
  makeCommandDue,
  takeInCommands,
} from './sql/take-in-commands.sql.ts';

/** A command as it comes in, with what tells it from another one of the same id. */
export interface DigestedCommand {
  readonly command: Command;
  /** Lower-case hex. */
  readonly digest: string;
}

interface KeyRow {
  merchant_id: string;
  command_id: string;
}

/** One text for a command's key, for maps and sets. */
export function toCommandKeyText({ merchantId, commandId }: CommandKey): string {
  return `${commandId} ${merchantId}`;
}

/** The table `payment_command`. */
@Injectable()
export class CommandRepository {
  constructor(private readonly database: Database) {}

  /** Takes the rows that are free. Returns, by key text, what is in the rows then: of this call or of an earlier one. */
  async takeIn(tx: Transaction, incoming: readonly DigestedCommand[]): Promise<ReadonlyMap<string, DigestedCommand>> {
    const commands = incoming.map(({ command }) => command);
    const [, , rows] = await Promise.all([
      tx.query(lockIntake, [commands.map(toIntakeName)]),
      tx.query(takeInCommands, [JSON.stringify(commands.map(toCommandRow)), incoming.map(({ digest }) => digest)]),
      tx.query<CommandRow & { digest_hex: string }>(findCommands, toKeyColumns(commands)),
    ]);
    return new Map(rows.map(toDigested).map((one) => [toCommandKeyText(one.command), one]));
  }

  /** @param tx the transaction of whoever holds one: a second connection may be long in coming */
  async find(key: CommandKey, tx?: Pick<Transaction, 'query'>): Promise<DigestedCommand | undefined> {
    const queries = tx ?? this.database;
    const [row] = await queries.query<CommandRow & { digest_hex: string }>(findCommands, toKeyColumns([key]));
    return row === undefined ? undefined : toDigested(row);
  }

  /** For operators, who may not know whose command it is. */
  async findOfAnybody(commandId: string, merchantId: string | undefined): Promise<Command | undefined> {
    const [row] = await this.database.query<CommandRow>(findCommandOfAnybody, [commandId, merchantId ?? null]);
    return row === undefined ? undefined : toCommand(row);
  }

  /** Locks a command until the transaction ends; `held`: a process is at it right now. */
  async lock(
    tx: Transaction,
    commandId: string,
    merchantId: string | undefined,
  ): Promise<{ readonly command: Command; readonly held: boolean } | undefined> {
    const [row] = await tx.query<CommandRow & { held: boolean | null }>(lockCommand, [commandId, merchantId ?? null]);
    return row === undefined ? undefined : { command: toCommand(row), held: row.held === true };
  }

  async makeDue(tx: Transaction, { merchantId, commandId }: CommandKey): Promise<void> {
    await tx.query(makeCommandDue, [merchantId, commandId]);
  }

  /** Commands of its kind that came in within the hour before this one. */
  async countEarlierInHour({ merchantId, commandId }: CommandKey): Promise<number> {
    const [row] = await this.database.query<{ earlier: bigint }>(countEarlierInHour, [merchantId, commandId]);
    return Number(row?.earlier ?? 0n);
  }

  async countOpen(merchantId: string, paymentId: string): Promise<number> {
    const [row] = await this.database.query<{ open: bigint }>(countOpenCommands, [merchantId, paymentId]);
    return Number(row?.open ?? 0n);
  }

  /** Locks what is due until the transaction ends. */
  async lockDue(tx: Transaction, count: number, heldBackMerchants: readonly string[]): Promise<Command[]> {
    return (await tx.query<CommandRow>(lockDueCommands, [count, heldBackMerchants])).map(toCommand);
  }

  async hold(tx: Transaction, commands: readonly Command[], leaseMs: number): Promise<void> {
    await tx.query(holdCommands, [JSON.stringify(commands.map(toCommandRow)), leaseMs]);
  }

  /** Writes a command that is about to call. False if the lease was lost. */
  async beginCall(command: Command, leaseMs: number): Promise<boolean> {
    const rows = await this.database.query(advanceCommands, [JSON.stringify([toCommandRow(command)]), leaseMs]);
    return rows.length > 0;
  }

  /** The same, with whatever else the transaction writes. */
  async beginCallIn(tx: Transaction, command: Command, leaseMs: number): Promise<boolean> {
    return (await tx.query(advanceCommands, [JSON.stringify([toCommandRow(command)]), leaseMs])).length > 0;
  }

  /** Writes what a command came to and ends its lease. False if the lease was lost. */
  async record(tx: Transaction, command: Command): Promise<boolean> {
    return (await tx.query(advanceCommands, [JSON.stringify([toCommandRow(command)]), null])).length > 0;
  }

  /** Returns the keys of the leases that still hold, as texts. */
  async renewLeases(commands: readonly Command[], leaseMs: number): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<KeyRow>(renewCommandLeases, [
      ...toKeyColumns(commands),
      commands.map(({ fence }) => fence),
      leaseMs,
    ]);
    return new Set(rows.map((row) => toCommandKeyText({ merchantId: row.merchant_id, commandId: row.command_id })));
  }
}

/** What the limit of commands an hour counts together. */
function toIntakeName({ merchantId, request }: Command): string {
  return `tollgate/gateway/commands/${request.kind}/${merchantId}`;
}

function toKeyColumns(keys: readonly CommandKey[]): [string[], string[]] {
  return [keys.map(({ merchantId }) => merchantId), keys.map(({ commandId }) => commandId)];
}

function toDigested(row: CommandRow & { digest_hex: string }): DigestedCommand {
  return { command: toCommand(row), digest: row.digest_hex };
}
