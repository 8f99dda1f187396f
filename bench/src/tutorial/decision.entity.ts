import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('decisions')
export class Decision {
  @PrimaryColumn('uuid')
  attemptId: string;

  @Column()
  decision: string;

  @Column()
  reason: string;

  @Column('jsonb')
  features: object;

  @CreateDateColumn()
  decidedAt: Date;
}
