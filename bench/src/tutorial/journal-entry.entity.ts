import { Column, CreateDateColumn, Entity, OneToMany, PrimaryGeneratedColumn } from 'typeorm';

import { Posting } from './posting.entity.ts';

@Entity('journal_entries')
export class JournalEntry {
  @PrimaryGeneratedColumn('identity', { name: 'entry_id' })
  entryId: number;

  @Column()
  paymentId: string;

  @CreateDateColumn()
  recordedAt: Date;

  @OneToMany(() => Posting, (posting) => posting.entry, { cascade: true })
  postings: Posting[];
}
