import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Approvals, the votes on them, how attempts ended otherwise, and the log of every step. */
export class CreateApproval1764100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE approval (
        id uuid PRIMARY KEY,
        merchant_id text NOT NULL,
        resource_type text NOT NULL CHECK (resource_type IN ('order', 'invoice', 'payment_attempt', 'payment_command')),
        resource_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('data_review', 'financial_review', 'push')),
        decision text NOT NULL CHECK (decision IN ('pending', 'approved', 'rejected', 'cancelled')),
        requester text NOT NULL,
        makers text[] NOT NULL,
        involved text[] NOT NULL,
        reviewer text,
        note text,
        data_snapshot jsonb,
        data_snapshot_hash text NOT NULL,
        snapshot_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        decided_at timestamptz,
        expires_at timestamptz,
        order_id text,
        amount_minor numeric(19, 0),
        currency text,
        reason text,
        votes_required integer NOT NULL CHECK (votes_required > 0),
        effect text NOT NULL CHECK (effect IN ('none', 'applied', 'superseded', 'refused_late', 'void')),
        effect_reason text,
        claimed_by text,
        claimed_party text,
        claimed_until timestamptz,
        sequence integer NOT NULL CHECK (sequence > 0),
        attempt jsonb,
        hold_digest text,
        traceparent text,
        CHECK ((decision = 'pending') = (decided_at IS NULL)),
        -- What the code promises, kept by the database as well: a maker is never the reviewer, and nothing is decided late.
        CHECK (reviewer IS NULL OR NOT lower(reviewer) = ANY (makers)),
        CHECK (decision NOT IN ('approved', 'rejected') OR expires_at IS NULL OR decided_at < expires_at)
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX approval_one_pending ON approval (merchant_id, resource_type, resource_id)
      WHERE decision = 'pending'`);
    // An attempt or a command is reviewed once in its life, whatever number of events ask for it.
    await queryRunner.query(`
      CREATE UNIQUE INDEX approval_one_review ON approval (resource_id, merchant_id, resource_type)
      WHERE resource_type IN ('payment_attempt', 'payment_command')`);
    await queryRunner.query('CREATE INDEX approval_newest ON approval (created_at DESC, id DESC)');
    await queryRunner.query(`CREATE INDEX approval_due ON approval (expires_at) WHERE decision = 'pending'`);
    await queryRunner.query(`
      CREATE TABLE vote (
        approval_id uuid NOT NULL REFERENCES approval (id),
        -- Of what the voter was shown: a vote on something else does not count.
        data_snapshot_hash text NOT NULL,
        voter text NOT NULL,
        reviewer text NOT NULL,
        decision text NOT NULL CHECK (decision IN ('approved', 'rejected')),
        note text,
        voted_at timestamptz NOT NULL,
        PRIMARY KEY (approval_id, data_snapshot_hash, voter)
      )`);
    await queryRunner.query(`
      CREATE TABLE attempt_fate (
        attempt_id text NOT NULL,
        merchant_id text NOT NULL,
        -- A terminal decision of somebody else, and what became of the attempt; either may be heard of first.
        ended jsonb,
        outcome jsonb,
        PRIMARY KEY (attempt_id, merchant_id)
      )`);
    await queryRunner.query(`
      CREATE TABLE audit_log (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        approval_id uuid NOT NULL,
        sequence integer NOT NULL,
        merchant_id text NOT NULL,
        resource_type text NOT NULL,
        resource_id text NOT NULL,
        at timestamptz NOT NULL,
        change text NOT NULL,
        actor text NOT NULL,
        decision text NOT NULL,
        effect text NOT NULL,
        facts jsonb NOT NULL,
        UNIQUE (approval_id, sequence)
      )`);
    await queryRunner.query(`
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the audit log is only ever added to';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER audit_log_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit_log, attempt_fate, vote, approval');
    await queryRunner.query('DROP FUNCTION refuse_audit_change');
  }
}
