import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('balances')
export class Balance {
  @PrimaryColumn()
  account: string;

  @Column('bigint', { default: 0 })
  balanceMinor: number;
}
