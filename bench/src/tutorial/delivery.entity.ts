import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('deliveries')
export class Delivery {
  @PrimaryGeneratedColumn('uuid')
  deliveryId: string;

  @Column()
  paymentId: string;

  @Column('text')
  body: string;

  @CreateDateColumn()
  receivedAt: Date;
}
