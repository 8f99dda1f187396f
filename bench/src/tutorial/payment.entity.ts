import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('payments')
export class Payment {
  @PrimaryColumn()
  paymentId: string;

  @Column()
  orderId: string;

  @Column()
  status: string;

  @Column('bigint')
  amountMinor: number;

  @Column()
  currency: string;

  @Column('timestamptz')
  updatedAt: string;
}
