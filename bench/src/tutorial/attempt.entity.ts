import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('attempts')
export class Attempt {
  @PrimaryColumn('uuid')
  attemptId: string;

  @Column()
  clientSessionId: string;

  @Column()
  instrument: string;

  @Column()
  orderId: string;

  @Column()
  customerId: string;

  @Column('bigint')
  amountMinor: number;

  @Column()
  currency: string;

  @Column({ default: 'RECEIVED' })
  status: string;

  @Column('text', { nullable: true })
  paymentId: string | null;

  @CreateDateColumn()
  receivedAt: Date;
}
