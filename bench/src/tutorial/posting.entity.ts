import { Column, Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import type { Relation } from 'typeorm';

@Entity('postings')
export class Posting {
  @PrimaryGeneratedColumn('identity')
  postingId: number;

  @Column()
  account: string;

  @Column('bigint')
  amountMinor: number;

  @ManyToOne('JournalEntry', 'postings')
  entry: Relation<object>;
}
