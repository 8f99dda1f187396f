import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

@Entity('attempt_actions')
export class AttemptAction {
  @PrimaryColumn('uuid')
  attemptId: string;

  @Column()
  decision: string;

  @Column()
  state: string;

  @Column('text', { nullable: true })
  paymentId: string | null;

  @CreateDateColumn()
  claimedAt: Date;

  @UpdateDateColumn()
  updatedAt: Date;
}
